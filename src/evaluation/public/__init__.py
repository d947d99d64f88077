"""The two public data sets of the field, run on a user's own copies: neither is shipped."""
