from . import neighbour_doors
