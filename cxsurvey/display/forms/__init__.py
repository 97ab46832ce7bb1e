"""Chart forms: each module turns a tidy table into a card, or several.

Every form has ``draw(table, text, **options)``, which returns one card or raises if it would be taller than
a page, and ``draw_all(table, text, **options)``, which returns as many cards as it takes. Options are the
fields of the form's ``Options``.
"""
