# Downloads.
thing-format = format
downloads-error-bom = Say true or false.
downloads-error-unit = The unit is sentence, paragraph or document.
