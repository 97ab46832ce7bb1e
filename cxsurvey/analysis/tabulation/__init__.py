"""The book of banner tables: rows, columns, bases, tests, letters, suppression, profiles of other tools."""
