"""What all controllers share."""
