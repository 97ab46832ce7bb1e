"""Whether items make a scale: alpha, omega, factors."""
