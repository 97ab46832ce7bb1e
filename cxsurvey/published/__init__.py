"""What a printed report claims: its claims as data, their audit, and respondents calibrated to them."""
