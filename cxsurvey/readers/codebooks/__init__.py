"""From the columns of an export to a codebook: types, answer lists, roles, and how sure each guess is."""
