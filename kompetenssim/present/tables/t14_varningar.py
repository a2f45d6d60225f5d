"""T14 varningar: what a strategist should know before the numbers are used, from the files and from the results."""

from __future__ import annotations

from kompetenssim.present.run_warnings import run_warnings
from kompetenssim.present.tables.form import Column, Row, Section, Table
from kompetenssim.present.view import View


def build(view: View) -> Table:
    """Build T14: warnings of the results first, then those of the input files."""
    columns = (Column("Varning", words=True, wide=True), Column("Scenario", words=True), Column("Fil", words=True),
               Column("Rad", words=True), Column("Kod", words=True))
    found = tuple(Row((w.text, view.title(w.scenario), w.file, "" if w.line is None else str(w.line), w.code))
                  for w in run_warnings(view))
    written = tuple(Row((w["text"], "", w["fil"] or "", str(w["rad"] or ""), w["kod"]))
                    for w in view.results.manifest.get("varningar", []))
    return Table(
        "T14", "varningar", "Varningar", columns,
        (Section(f"Ur resultatet ({len(found)})", found, keys=("resultat",)),
         Section(f"Ur filerna ({len(written)})", written, keys=("filer",))),
        keys=("Ursprung",),
        notes=("En varning är inget fel: den säger vad som är lätt att läsa fel, var det kommer ifrån och vad man kan göra.",),
    )
