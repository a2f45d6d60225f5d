"""W1, the reference workload: the same small world in several simulation libraries, in a bare kernel and as a region of ours."""
