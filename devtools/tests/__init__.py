"""What `./dev` itself promises."""
