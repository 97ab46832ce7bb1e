"""The claims of a printed report: records, the file, bases, what words allow, what is published."""
