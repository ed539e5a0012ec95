"""An application made for the benchmark of the desk: two procedures beside those of the platform."""
