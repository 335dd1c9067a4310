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
