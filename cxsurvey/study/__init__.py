"""What was asked and who answered: the study file, the codebook, the answers, the checks."""
