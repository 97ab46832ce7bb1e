"""From an export to a study folder: the study file, the responses, and a report of what was done."""
