# Undo and redo.
undo-nothing = There is nothing of yours left to undo.
undo-nothing-to-redo = There is nothing of yours to redo.
undo-changed-since = Somebody else changed this since, so it cannot be taken back as it was. Nothing was changed.
