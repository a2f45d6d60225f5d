"""T14 varningar: what a strategist should know before the numbers are used, from the results and from the files."""

from __future__ import annotations

from kompetenssim.present.run_warnings import run_warnings
from kompetenssim.present.tables.form import Column, Row, Section, Table
from kompetenssim.present.view import View


def build(view: View) -> Table:
    """Build T14: warnings of the results first, then those of the input files, then what only informs."""
    columns = (Column("Varning", words=True, wide=True), Column("Scenario", words=True), Column("Fil", words=True),
               Column("Rad", words=True), Column("Kod", words=True))
    found = tuple(Row((w.text, view.title(w.scenario), w.file, "" if w.line is None else str(w.line), w.code))
                  for w in run_warnings(view))
    written = [(w.get("niva", "varning"), Row((w["text"], "", w["fil"] or "", str(w["rad"] or ""), w["kod"])))
               for w in view.results.manifest.get("varningar", [])]
    warned, informs = (tuple(row for level, row in written if level == wanted) for wanted in ("varning", "upplysning"))
    return Table(
        "T14", "varningar", "Varningar", columns,
        (Section(f"Ur resultatet ({len(found)})", found, keys=("resultat",)),
         Section(f"Ur filerna ({len(warned)})", warned, keys=("filer",)),
         Section(f"Upplysningar ({len(informs)})", informs, keys=("upplysningar",))),
        keys=("Ursprung",),
        notes=("En varning är inget fel: den säger vad som är lätt att läsa fel, var det kommer ifrån och vad man kan göra. "
               "En upplysning går inte att rätta i en fil: den säger hur resultatet ska läsas.",),
    )
