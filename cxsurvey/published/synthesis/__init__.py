"""Respondents who satisfy every claim: whole-number counts, conflicts, and people made from counts."""
