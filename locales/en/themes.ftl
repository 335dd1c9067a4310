# Themes: frequencies, trends, crosstabs, co-occurrence.
themes-error-step = A period is a year, quarter or month.
themes-error-by = Divide by coder, type, case, language or attribute:NAME.
themes-error-within = Codes meet within overlap, sentence, paragraph or document.
themes-error-order = The order is date or id.
themes-error-cells = The trend would have { $cells } cells, more than { $limit }. Narrow the dates or take longer periods.
themes-error-too-many = Too many passages are behind this mark; narrow the filter.
