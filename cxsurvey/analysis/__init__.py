"""Study in, results out: scoring, segmentation, design, estimation, gaps."""
