"""The quick way: weighted totals of one stage, and shares, means and tests made from them."""
