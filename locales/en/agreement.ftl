# Agreement between coders.
agreement-error-unit = The unit is character, token, sentence, paragraph or document.
agreement-error-coverage = The coverage is any or half.
agreement-error-interval = The interval is none, bootstrap or jackknife.
agreement-error-measure = Not all of these are measures; the documentation of the API lists them.
agreement-error-seed = The seed is a whole number of at least 0.
agreement-error-threshold = The threshold is above 0 and at most 1.
agreement-error-subtree = Say true or false.
agreement-error-code = Not all of these codes are in the codebook.
agreement-error-coder = Not all of these people are coders of this project.
agreement-error-document = Not all of these documents are in this project.
agreement-error-shown = The measure shown is alpha, kappa or percent.
agreement-error-pair = Two different coders are needed: a and b.

# dynamic: agreement-reason-* agreement-unit-* agreement-coverage-* agreement-measure-* agreement-explain-unit-* agreement-explain-measure-* agreement-heat-* agreement-name-* agreement-count-* agreement-disputed-*
agreement-reason-no_variation = everybody said the same everywhere, so agreement cannot be told from chance
agreement-reason-no_pairable_units = these coders have finished no document in common
agreement-reason-no_spans = nobody used it in these documents
agreement-reason-one_coder = only one coder
agreement-reason-empty_text = these documents hold no text of this unit
agreement-reason-overlapping_codes = codes that exclude each other overlap
agreement-reason-undefined_pair = one of the pairs has no value

agreement-lead = How far the coders mark the same passages with the same codes.
agreement-choices = What is measured
agreement-unit = Unit
agreement-coverage = What counts as coded
agreement-measure = Measure
agreement-coders = Coders
agreement-subtree = Count codes below with their parent
agreement-narrowed = Only some documents or codes
agreement-widen = Show all documents and codes

agreement-unit-character = Characters
agreement-unit-token = Words
agreement-unit-sentence = Sentences
agreement-unit-paragraph = Paragraphs
agreement-unit-document = Documents
agreement-coverage-any = any part coded
agreement-coverage-half = half coded
agreement-measure-alpha = Krippendorff α
agreement-measure-kappa = Cohen κ
agreement-measure-percent = Percent

agreement-explain-unit-character = Coders agree where their passages share text, letter by letter. Strict about edges; long passages weigh more.
agreement-explain-unit-token = Coders agree where they coded the same words. Nearly as strict about edges as characters; white space does not count.
agreement-explain-unit-sentence = Coders agree where they coded the same sentences. Lenient about edges; every sentence weighs the same, however long.
agreement-explain-unit-paragraph = Coders agree where they coded the same paragraphs. More lenient still; long units make agreement look better, so mind how many there are.
agreement-explain-unit-document = Coders agree where both or neither used the code in a document. Where in the text does not matter, and there are only as many units as documents.
agreement-explain-measure-alpha = Agreement beyond chance for any number of coders. 1 is perfect, 0 is chance, below 0 is worse than chance.
agreement-explain-measure-kappa = Agreement beyond chance for two coders, each with habits of their own. With more coders the table shows the mean over the pairs.
agreement-explain-measure-percent = The share of units about which two coders say the same, “not coded” included. Not corrected for chance: rare codes always look good.

agreement-basis = { $documents ->
    [one] 1 document
   *[other] { $documents } documents
  } that at least two of { $coders } coders marked done
agreement-headline = Krippendorff’s α over all codes: { $unit }
agreement-range = { $low } to { $high }
agreement-interval-jackknife = 95% interval, leaving out each of { $documents } documents in turn
agreement-interval-too-few = Too few documents for an interval: it takes 10.
agreement-interval-undefined = No interval: without some of the documents there is no value.
agreement-say-reliable = Reliable: conclusions may rest on these codings.
agreement-say-tentative = Good enough for tentative conclusions, not for firm ones.
agreement-say-insufficient = Too low to draw conclusions from these codings.
agreement-say-reliable-alone = The value is in the range called reliable.
agreement-say-tentative-alone = The value is in the range for tentative conclusions.
agreement-say-lower-end = What counts is the lower end of the interval, { $low }.
agreement-say-alone = Without an interval this says little: a few more documents may change it.
agreement-lowest = Codes below 0.667:
agreement-any-percent = Percent agreement on whether a unit is coded at all:
agreement-any-coded = Coded with anything: { $share } of all judgements.
agreement-zone-insufficient = too low to conclude
agreement-zone-tentative = tentative conclusions
agreement-zone-reliable = reliable
agreement-scale-interval = Alpha { $value } with a 95% interval from { $low } to { $high }; 0.667 and 0.8 are customary thresholds
agreement-scale-value = Alpha { $value }; 0.667 and 0.8 are customary thresholds
agreement-bar-interval = { $value }, from { $low } to { $high }

agreement-count-character = Counted over { $n ->
    [one] 1 character
   *[other] { $n } characters
  }
agreement-count-token = Counted over { $n ->
    [one] 1 word
   *[other] { $n } words
  }
agreement-count-sentence = Counted over { $n ->
    [one] 1 sentence
   *[other] { $n } sentences
  }
agreement-count-paragraph = Counted over { $n ->
    [one] 1 paragraph
   *[other] { $n } paragraphs
  }
agreement-count-document = Counted over { $n ->
    [one] 1 document
   *[other] { $n } documents
  }

agreement-pairs = Pair by pair
agreement-pairs-choose = Choose a cell to read where they differ.
agreement-heat-alpha = α for each two coders; all codes: pooled.
agreement-heat-kappa = Cohen’s κ for each two coders.
agreement-heat-percent = Share of units on which two coders say the same, from 0 to 1.
agreement-all-codes = All codes
agreement-any-code = Coded with anything
agreement-pair = { $a } and { $b }
agreement-cell = { $code }, { $a } and { $b }: { $value }
agreement-legend-low = below 0.4
agreement-legend-high = 0.9 and more
agreement-legend-none = –: no value
agreement-codes = Code by code
agreement-dashed = Dashed: 0.667 and 0.8
agreement-no-codes = Nobody used a code in these documents.
agreement-no-value = no value: { $reason }
agreement-column-code = Code
agreement-column-kappa-title = Cohen’s κ, the mean over all pairs of coders
agreement-column-percent = Percent
agreement-column-coded = Coded
agreement-column-coded-title = Prevalence: the share of all judgements that say “coded”
agreement-column-units = Units
agreement-column-codings = Codings
agreement-column-document = Document
agreement-column-disputed = Disputed units
agreement-documents = Documents, worst first
agreement-documents-note = α over all codes; percent and disputed units: coded with anything or not.
agreement-all-passages = All passages of disagreement
agreement-review = Side by side
agreement-open = Open in its document

agreement-method = How this is counted
agreement-method-data = A document counts once at least two coders have marked it done. A coder who marked it done and coded nothing has said “no” throughout; one who has not marked it done has said nothing and is missing, whatever she coded so far. Overlapping passages of one coder with the same code count once. What another coder did in a round that is still blind to you is missing too.
agreement-method-pooled = The headline adds up the agreements and disagreements of all codes and documents before dividing; it is not a mean of values. The table treats every code as a question of its own: coded or not.
agreement-method-kappa = κ in the table is the mean of Cohen’s κ over all pairs (Light); it has no value when one pair has none.
agreement-method-interval = Characters and sentences of one text are not independent, so intervals come from leaving out whole documents (jackknife, 95%, t distribution).
agreement-method-reading = Thresholds after Krippendorff: from 0.8 reliable, from 0.667 tentative, applied to the lower end of the interval. They are for α; κ and percent have no thresholds here.

agreement-empty-title = Nothing to compare yet
agreement-empty-teach = Agreement needs a document that two coders have both marked done. Only then is an uncoded passage a “no” rather than not read yet. Coders mark a document done in its workspace.
agreement-empty-nobody = Nobody has marked a document done.
agreement-empty-so-far = { $n ->
    [one] 1 document is marked done by somebody, but by fewer than two of the coders compared. Done so far:
   *[other] { $n } documents are marked done by somebody, but none by two of the coders compared. Done so far:
  }

agreement-passages-title = Where coders differ
agreement-passages-code = Passages that some coders gave this code and others, who have finished the document, did not.
agreement-passages-any = Passages that some coders coded with anything and others, who have finished the document, did not code at all.
agreement-passages-every = Passages that some coders gave a code and others, who have finished the document, did not.
agreement-passages-two = Only { $a } and { $b } are compared.
agreement-passages-nothing = These coders have finished no document in common, so there is nothing to compare.
agreement-passages-count = { $n ->
    [0] They agree everywhere.
    [one] 1 passage.
   *[other] { $n } passages.
  }
agreement-passages-order = The documents with least agreement come first.
agreement-square = Two coders, unit by unit
agreement-square-coded = { $name }: coded
agreement-square-not = { $name }: not coded
agreement-name-krippendorff_alpha = Krippendorff’s α
agreement-name-cohen_kappa = Cohen’s κ
agreement-name-percent = Percent agreement
agreement-name-positive_agreement = Agreement on “coded”
agreement-name-negative_agreement = Agreement on “not coded”
agreement-name-prevalence_index = Prevalence index
agreement-name-bias_index = Bias index
agreement-alpha-is = α { $value }
agreement-disputed-character = { $disagreed } of { $n } characters disputed
agreement-disputed-token = { $disagreed } of { $n } words disputed
agreement-disputed-sentence = { $disagreed } of { $n } sentences disputed
agreement-disputed-paragraph = { $disagreed } of { $n } paragraphs disputed
agreement-disputed-document = { $disagreed } of { $n } documents disputed
agreement-has = Coded by
agreement-lacks = not by
agreement-characters = { $n ->
    [one] 1 character
   *[other] { $n } characters
  }
agreement-pages = Pages
agreement-previous = Earlier passages
agreement-next = More passages
agreement-json = JSON
