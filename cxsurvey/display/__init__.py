"""Results in, pictures and tables out: nothing is estimated here, and nothing is drawn elsewhere."""
