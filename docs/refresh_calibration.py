# ruff: noqa: E501  # the page is written as it reads
"""Write docs/kalibrering.md: what the calibrations of Region Jämtland Härjedalen say, from their finished folders and two runs.

    python run.py kalibrera calibration/rjh/kalibrering.yaml
    python run.py kalibrera calibration/rjh/kalibrering_2018.yaml
    python run.py simulera lagesbild_2018 --simuleringar 1000
    python run.py simulera nollalternativ_2018 --simuleringar 1000
    python docs/refresh_calibration.py resultat/rjh_till_2017-… resultat/rjh_till_2018-… resultat/lagesbild_2018-… \\
        resultat/nollalternativ_2018-…
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import kompetenssim as ks
from kompetenssim.forecast.tablefile import number

PAGE = Path(__file__).resolve().parent / "kalibrering.md"
FACTOR = 3.0  # a gap that has grown so much has run away
PLACES = {("lakare", "primarvard"): "läkare, primärvården", ("lakare", "sjukhus"): "läkare, sjukhuset",
          ("ssk_alla", "alla"): "sjuksköterskor", ("ovrig_hyra", "alla"): "övriga", ("alla", "alla"): "summa",
          ("lakare", "alla"): "läkare", ("st_allmanmedicin", "primarvard"): "ST i allmänmedicin"}
NAMES = {"hyrkostnad_mkr": "hyrkostnad, mkr", "stafettveckor": "stafettveckor", "hyrandel_totalt": "hyrandel, %",
         "antal_st_lakare": "ST-läkare"}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def said(value: float, digits: int = 1) -> str:
    """Write a number in Swedish."""
    return "–" if np.isnan(value) else f"{value:.{digits}f}".replace(".", ",").replace("-", "−")


def line_of(row: dict[str, str]) -> tuple[str, float]:
    """Name a line and give what its figures are multiplied by."""
    scale = 100.0 if row["indikator"] == "hyrandel_totalt" else 1.0
    return f"{PLACES[row['yrkesgrupp'], row['omrade']]}: {NAMES[row['indikator']]}", scale


def control(found: Any) -> str:
    """Give the control period, with and without measures, and what each scored line adds to the miss."""
    rows = found.table("kontroll")
    bare = {tuple(r[k] for k in ("indikator", "yrkesgrupp", "omrade")): r for r in rows if r["variant"] == "utan åtgärder"}
    lines = []
    for r in (r for r in rows if r["variant"] != "utan åtgärder"):
        name, scale = line_of(r)
        low, high, mean, outcome = (scale * number(r[k]) for k in ("undre80", "ovre80", "prognos_medel", "utfall"))
        without = scale * number(bare[r["indikator"], r["yrkesgrupp"], r["omrade"]]["prognos_medel"])
        name += " (räknas)" if r["raknas"] == "ja" else ""
        lines.append((name, said(outcome), said(mean), f"{said(low)} – {said(high)}", r["inom80"], said(number(r["pit"]), 2),
                      said(100 * number(r["andel_ned"]), 0), said(without)))
    return table(("rad", "utfall", "prognos", "80 %", "inom", "PIT", "andel som går ned, %", "utan åtgärder"), lines)


def shares(found: Any) -> str:
    """Say how much each scored line adds to the CRPS sum that skill is made of."""
    parts = {line_of(r)[0]: number(r["crps"]) / number(r["fore"]) for r in found.table("kontroll")
             if r["raknas"] == "ja" and r["variant"] != "utan åtgärder"}
    total = sum(parts.values())
    return ", ".join(f"{name} {said(100 * part / total, 0)} %" for name, part in sorted(parts.items(), key=lambda p: -p[1]))


def weeks(found: Any) -> str:
    """Compare price and volume of the agency doctors in primary care, which the fit saw only as a product."""
    rows = {r["indikator"]: r for r in found.table("kontroll")
            if r["variant"] != "utan åtgärder" and (r["yrkesgrupp"], r["omrade"]) == ("lakare", "primarvard")}
    cost, volume = rows["hyrkostnad_mkr"], rows["stafettveckor"]
    ours, theirs = (1000 * number(cost[k]) / number(volume[k]) for k in ("prognos_medel", "utfall"))
    return (f"Modellen har {said(number(volume['prognos_medel']), 0)} stafettveckor i primärvården där utfallet är "
            f"{volume['utfall']}, till {said(ours)} tkr per vecka där utfallet är {said(theirs)}.")


def start_of_others(found: Any) -> str:
    """Say between what the start year's cost of the small line lies."""
    row = next(r for r in found.table("observationer") if (r["yrkesgrupp"], r["tid"]) == ("ovrig_hyra", "2015"))
    return f"{said(number(row['prior_undre90']))}–{said(number(row['prior_ovre90']))}"


def skills(found: Any) -> str:
    """Give the naive forecasts."""
    seen = {r["prognos"]: r for r in found.table("baslinjer")}
    rows = [(r["beskrivning"], "" if key == "modellen" else said(number(r["skicklighet"]), 2), said(number(r["summans_fel"])))
            for key, r in seen.items()]
    return table(("prognos", "modellens skicklighet mot den", "summans fel, mkr"), rows)


def parameters(found: Any) -> str:
    """Give the free parameters."""
    rows = [(f"`{r['parameter']}`", " – ".join(said(number(r[f"prior_p{p}"]), 2) for p in ("10", "50", "90")),
             " – ".join(said(number(r[f"p{p}"]), 2) for p in ("10", "50", "90")),
             f"{said(number(r['kontraktion']), 2)} ± {said(number(r['kontraktion_fel']), 2)}",
             "; ".join(t for t in (r["etikett"], r["konflikt"]) if t) or "identifierad") for r in found.table("parametrar")]
    return table(("parameter", "prior (10–50–90 %)", "efter", "kontraktion", ""), rows)


def observations(found: Any) -> str:
    """Give what was fitted to."""
    rows = []
    for r in found.table("observationer"):
        name, scale = line_of(r)
        names = ("undre95", "ovre95", "medelvarde", "prior_median", "observerat")
        low, high, mean, prior, seen = (scale * number(r[k]) for k in names)
        rows.append((f"{name} {r['tid']}", "ankare" if r["roll"] == "ankare" else "anpassad", said(seen), said(prior), said(mean),
                     f"{said(low)} – {said(high)}", said(number(r["z"]), 2)))
    return table(("rad", "", "observerat", "prior, median", "efter, medel", "95 %", "z"), rows)


def checks(found: Any) -> str:
    """Give the prior checks that failed, and how many held."""
    rows = found.table("forkontroll")
    failed = [r for r in rows if r["haller"] != "ja"]
    held = f"{len(rows) - len(failed)} av {len(rows)} förkontroller håller."
    told = "".join(
        f"\n* {r['kontroll']}, {r['avser']}: priorn säger {said(number(r['median']))} ({said(number(r['undre90']))} till "
        f"{said(number(r['ovre90']))}), mot {r['mot']}" for r in failed)
    return held + (" Dessa håller inte:" + told if failed else "")


def sbc(found: Any) -> str:
    """Give simulation-based calibration."""
    rows = [(f"`{r['parameter']}`", said(number(r["chi2"])), said(number(r["p"]), 2), r["haller"],
             *(said(100 * number(r[f"inom{level}"]), 0) for level in (50, 80, 95))) for r in found.table("simuleringsprov")]
    return table(("parameter", "χ² (19)", "p", "håller", "50 %", "80 %", "95 %"), rows)


def left_out(found: Any) -> str:
    """Give what each figure is forecast to be without it."""
    rows = [(f"{line_of(r)[0]} {r['tid']}", r["anpassad_till"].replace("startlaget", "startläget"), said(number(r["utfall"])),
             said(number(r["prognos_medel"])), f"{said(number(r['undre80']))} – {said(number(r['ovre80']))}", r["inom80"])
            for r in found.table("utelamnade")]
    return table(("rad", "anpassad till", "utfall", "prognos", "80 %", "inom"), rows)


STATE = (
    ("hyrkostnad_mkr", "alla", "alla", 134.1), ("stafettveckor", "lakare", "primarvard", 610),
    ("hyrandel_totalt", "ssk_alla", "alla", 0.037), ("hyrandel_totalt", "lakare", "alla", 0.167),
    ("antal_st_lakare", "st_allmanmedicin", "primarvard", 49),
)


def state(folder: Path) -> str:
    """Hold the state of December 2018 against what is known of it (S000 1.2, 3.1)."""
    year = ks.open_run(folder).yearly
    year = year[(year.ar.astype(str) == "2018") & (year.enhet == "alla")]
    rows = []
    for indicator, group, area, outcome in STATE:
        here = year[(year.indikator == indicator) & (year.yrkesgrupp == group) & (year.omrade == area)]
        values = here.varde.to_numpy(dtype=float)
        low, median, high = np.quantile(values, [0.025, 0.5, 0.975])
        scale = 100.0 if indicator == "hyrandel_totalt" else 1.0
        rows.append((f"{PLACES[group, area]}: {NAMES[indicator]}", said(scale * outcome), said(scale * median),
                     f"{said(scale * low)} – {said(scale * high)}", "ja" if low <= outcome <= high else "nej"))
    return table(("rad", "utfall", "median", "95 %", "inom"), rows)


def gap(folder: Path) -> str:
    """Say how the gap (agency and unmet hours) grows in ten years without measures, by draw."""
    year = ks.open_run(folder).yearly
    whole = (year.enhet == "alla") & (year.yrkesgrupp == "alla") & (year.omrade == "alla")
    here = year[whole & year.indikator.isin(["hyr_timmar", "obemannade_timmar"])]
    hours = here.groupby(["parameteruppsattning", "ar"], observed=True).varde.sum().unstack()
    hours.columns = hours.columns.astype(str)
    ratio = (hours["2028"] / hours["2018"]).to_numpy(dtype=float)
    low, median, high = np.quantile(ratio, [0.05, 0.5, 0.95])
    share = 100 * float(np.mean(ratio >= FACTOR))
    return (f"`nollalternativ_2018`, {len(ratio)} parameteruppsättningar: gapet (hyr- och obemannade timmar) 2028 är "
            f"{said(median, 2)} gånger 2018 års (90 %: {said(low, 2)} till {said(high, 2)}); {said(share)} % av uppsättningarna har "
            f"minst {FACTOR:g} gånger (högst 5 % är målet).")


def facts(found: Any) -> str:
    """Say how the fit was made."""
    m = found.manifest
    walked = m["vandring"]
    walk = "" if walked is None else (
        f" Bara {said(m['verksamma_i_tabellen'], 0)} rader i tabellen är verksamma, så {walked['particles']} partiklar vandrade "
        f"{walked['steps']} steg ({said(100 * walked['accepted'], 0)} % togs): {said(m['verksamma'], 0)} verksamma.")
    alone = f" {said(m['verksamma'], 0)} verksamma rader." if walked is None else walk
    return (f"{m['uppsattningar']} parameteruppsättningar, en simulering var.{alone} {m['identifierade_riktningar']} av "
            f"{len(found.table('riktningar'))} riktningar bestäms av data.")


def main(first: Path, last: Path, now: Path, ahead: Path) -> None:
    """Write the page."""
    held, refit = (ks.Calibration(folder) for folder in (first, last))
    m = held.manifest
    text = f"""# Kalibreringen av Region Jämtland Härjedalen

Skriven av `docs/refresh_calibration.py` ur färdiga kalibreringar och körningar; inget tal är skrivet för hand. Hur anpassningen går till: [model.md](model.md), avsnitt 4.19. Hela
sidorna skrivs av `kompetenssim kalibrera` (`rapport.html` i kalibreringens mapp).

**Ordet kalibrerad används inte.** {m['kontrollrader_inom_80']} av {m['kontrollrader']} rader ligger inom sitt 80 %-intervall under kontrollåret 2018; fyra rader från ett år kan inte bära ordet.

## Anpassad till 2015 och 2017, prövad på 2018 (`{m['nyckel']}`)

{facts(held)} Startläget 2015 härleds ur kostnaden; till 2017 anpassas fyra rader. 2018 har inte använts, och inget ändrades efter att utfallet hade setts. Första raden i
utvärderingsloggen är ett prov med 300 uppsättningar medan programmet skrevs; konfigurationens hash är en annan bara därför att kalibreringsfilens form fick ett fält till.

### Förkontroller

{checks(held)}

### Parametrar

{parameters(held)}
### Kontrollåret 2018

{control(held)}
{skills(held)}
Skicklighet 0 är lika bra som jämförelsen, över 0 är bättre. Av summan som skickligheten räknas ur står {shares(held)}. {weeks(held)} De övrigas hyra växer i modellen
från en liten, osäker nivå (simulerat 2015: 90 % mellan {start_of_others(held)} mkr) och föll i verkligheten. Pristak, stafettak, stängda hälsocentraler och anställningsstopp infaller samma månader: data kan
inte skilja dem åt, bara deras summa; hur mycket var och en verkar är antaganden i åtgärdskatalogen, skrivna efter 2018, och står inte i läckagelistan. 2017 var toppen som utlöste projektet; en del av nedgången hade kommit ändå.

### Utan en del av data

{left_out(held)}
Sjuksköterskornas tredubbling 2015–2017 ryms varken i priorn eller i det som de andra raderna säger.

### Simuleringsprov

500 rader som sanningar: ligger de där anpassningen säger?

{sbc(held)}
## Anpassad till alla data, för användning (`{refit.manifest['nyckel']}`)

{facts(refit)}

{parameters(refit)}
{observations(refit)}
### Lägesbilden 2018-12

`simulera lagesbild_2018`; hyrandelarna är inte anpassade.

{state(now)}
### Tio år utan åtgärder

{gap(ahead)}
"""
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:5]))
