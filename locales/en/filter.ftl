# The common filters.
filter-error-id = Give ids, separated by commas.
filter-error-date = Give a day (2015-09-30), a month (2015-09) or a year (2015).
filter-error-layer = The layer is coder or consensus.
