"""What stands behind environment/reproduce and environment/notebook."""
