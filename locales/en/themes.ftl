# Themes: frequencies, trends, crosstabs, co-occurrence.
themes-error-step = A period is a year, quarter or month.
themes-error-by = Divide by coder, type, case, language or attribute:NAME.
themes-error-within = Codes meet within overlap, sentence, paragraph or document.
themes-error-order = The order is date or id.
themes-error-cells = The trend would have { $cells } cells, more than { $limit }. Narrow the dates or take longer periods.
themes-error-too-many = Too many passages are behind this mark; narrow the filter.

themes-lead = What is said, when, and about whom. Choose any mark to read the passages behind it.
themes-figures = Figures
themes-tab-frequency = Frequency
themes-tab-trend = Trend
themes-tab-cases = Cases compared
themes-tab-together = Themes that meet
# dynamic: themes-tab-*

themes-filter-label = Filter all figures
themes-filter-layer = Layer
themes-filter-code = Code
themes-filter-case = Case
themes-filter-type = Type
themes-filter-language = Language
themes-filter-coder = Coder
themes-filter-from = From
themes-filter-to = To
themes-any = any
themes-show = Show
themes-clear = Clear filters
themes-remove-filter = Remove filter: { $name }

themes-layer-coder = all coders
themes-layer-consensus = consensus
themes-basis = Layer: { $layer } · { $passages ->
    [one] 1 passage
   *[other] { $passages } passages
  } by { $coders ->
    [one] 1 coder
   *[other] { $coders } coders
  } in { $documents ->
    [one] 1 document
   *[other] { $documents } documents
  }
themes-group-none = (none)
themes-table = The figures as a table

themes-cut-by = Divide by
themes-cut-period = Period
themes-cut-lines = Lines
themes-cut-within = Within
themes-cut-subtree = Codes below
themes-by-none = nothing
themes-by-case = case
themes-by-type = type
themes-by-language = language
themes-by-coder = coder
themes-step-year = year
themes-step-quarter = quarter
themes-step-month = month
themes-lines-codes = codes
themes-lines-cases = cases, for one code
themes-within-overlap = the same words
themes-within-sentence = a sentence
themes-within-paragraph = a paragraph
themes-within-document = a document
themes-subtree-off = counted on their own
themes-subtree-on = counted with their parent

themes-frequency-title = How often each code was used
themes-frequency-note = Passages: one coding each. A passage that two coders coded counts twice here, the text under it once (see the table's characters).
themes-trend-title = Themes over time
themes-trend-title-case = { $code } over time, by case
themes-trend-note = Passages per 1000 words of the period’s documents. The strip below shows how many documents there were to be coded; periods without any are gaps, not zeros. The six codes with most passages are drawn unless you choose one.
themes-cases-title = Themes by group
themes-cases-note = Passages, and beside each the adjusted residual: beyond about ±2 there are more or fewer than independence would give. χ² { $statistic }, { $df } degrees of freedom, p { $p }, Cramér’s V { $v }. Passages of one document are not independent, so read V rather than p.
themes-cases-note-fisher = Passages, and beside each the adjusted residual. Fisher’s exact test: p { $p }. Passages of one document are not independent, so read it as a description.
themes-cases-note-none = Passages by group. No test: it needs at least two codes and two groups with passages.
themes-together-title = Which themes meet
themes-together-note-overlap = Stretches of text that carry both codes, whoever coded them. A name heads the row to its left and the column below it.
themes-together-note-sentence = Sentences that both codes touch, whoever coded them. A name heads the row to its left and the column below it.
themes-together-note-paragraph = Paragraphs that both codes touch, whoever coded them. A name heads the row to its left and the column below it.
themes-together-note-document = Documents that have both codes. A name heads the row to its left and the column below it.

themes-axis-passages = passages
themes-axis-rate = passages per 1000 words
themes-strip-documents = documents
themes-fewer = fewer than expected
themes-more = more
themes-warning-overlap = Some documents belong to several groups and stand in several columns, so the columns are not independent samples.
themes-warning-expected = More than a fifth of the expected counts are below 5: the test is a rough guide only.
themes-ungrouped = { $documents ->
    [one] 1 document belongs
   *[other] { $documents } documents belong
  } to no group and { $documents ->
    [one] is
   *[other] are
  } not in this table (passages: { $passages }).
themes-undated = { $documents ->
    [one] 1 document has
   *[other] { $documents } documents have
  } no date this precise and { $documents ->
    [one] is
   *[other] are
  } left out of this figure.
themes-undated-year = { $documents ->
    [one] 1 document has
   *[other] { $documents } documents have
  } no date and { $documents ->
    [one] is
   *[other] are
  } left out of this figure.
themes-empty = No passages with this filter.
themes-empty-dates = No dated documents with this filter.
themes-empty-cases = Nothing to compare: give documents a case, or choose another grouping.
themes-empty-teach = Figures appear here as soon as somebody has coded a passage.

themes-says-frequency = { $code }: { $passages ->
    [one] 1 passage
   *[other] { $passages } passages
  } in { $documents ->
    [one] 1 document
   *[other] { $documents } documents
  }
themes-says-trend = { $name }, { $period }: { $documents } of { $total } documents, { $passages ->
    [one] 1 passage
   *[other] { $passages } passages
  }
themes-says-nothing = { $name }, { $period }: no documents
themes-says-period = { $period }: { $documents ->
    [one] 1 document
   *[other] { $documents } documents
  }
themes-says-cell = { $code }, { $group }: { $passages ->
    [one] 1 passage
   *[other] { $passages } passages
  }, adjusted residual { $residual }
themes-says-pair = { $a } and { $b }: { $count }

themes-column-code = Code
themes-column-other = Other code
themes-column-group = Group
themes-column-case = Case
themes-column-period = Period
themes-column-passages = Passages
themes-column-documents = Documents
themes-column-documents-total = Documents of the period
themes-column-words-total = Words of the period
themes-column-characters = Characters
themes-column-share = Share of text
themes-column-per-1000 = Passages per 1000 words
themes-column-weight = Mean weight
themes-column-expected = Expected
themes-column-residual = Adjusted residual
themes-column-count = Count
themes-column-jaccard = Jaccard
themes-column-lift = Lift

passages-all = All passages
passages-count = { $total ->
    [0] No passages
    [one] 1 passage
   *[other] { $total } passages
  }
passages-none = Nobody coded anything here, or not in what you may see.
passages-open = Open in its document
passages-decided-by = decided by { $name }
passages-weight = weight { $weight }
passages-pages = Pages
passages-previous = Earlier passages
passages-next = More passages


