"""The table book in print: workbook, web page, CSV and Markdown."""
