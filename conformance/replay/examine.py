"""What an examination finds under each key, computed from the answers."""
from mpmath import mpf

import contrast
import effects
import eprocess
import first_visits
import lineup
import scores
import shape
import tails
import weighted
import weights
from cells import lay_out

import numpy as np


LOOSE = mpf("0.03")  # a weighted tail's roughest bound: see check.py


def upper(log):
    return min(mpf(0), log)


class Examination:
    """The plan with the answers; `keys` and `controls` are Key values in the plan's order, `forms` which forms of T2 and T2r the finding names, `named` its log10 E of T3r."""

    def __init__(self, plan, read, answers, references, indexes, keys, controls, order, forms, named):
        self.plan, self.profile, self.read, self.order = plan, plan["profile"], read, order
        self.keys, self.controls, self.forms, self.named = keys, controls, forms, named
        self.ring = self.profile.get("ring", 1)
        self.cells = read.laid_out()
        self.gumbel = effects.is_gumbel(self.profile)
        harvests, background, logs = indexes
        self.indexes = harvests + [index for index in [background] if index]
        self.windows = weights.Windows(plan["weighing"], harvests, background) if harvests else None
        self.levels = np.array([self.windows(window) for window, _ in read.cells], np.int64) if harvests else None
        self.second = None
        if self.windows and self.windows.has_second_form():
            self.second = np.array([self.windows(window, 0.0, weights.OTHER_PRIOR) for window, _ in read.cells], np.int64)
        self.counted, self.residuals, self.background = None, [], background
        if self.windows or references or logs:
            self.counted = weights.Counted(answers, references, self.profile)
        if self.windows or references:
            self.residuals = [weights.Residual(form, self.counted, self.windows, self.gumbel) for form in weights.Residual.FORMS]
        self.logs = {log.marked_by: (log, first_visits.Bets(self.counted, log, background, self.profile)) for log in logs}
        if self.levels is not None:
            self.process = eprocess.Weighted(self.profile, self.windows.heaviest())
        elif self.ring > 1 and self.profile["scheme"] != "tournament":
            self.process = eprocess.Weighted(self.profile, 1)
        elif self.profile["scheme"] != "tournament":
            self.process = eprocess.Plain(self.profile)

    def findings(self, key):
        words = scores.words_of(key.cohort, self.profile, self.cells)
        own = scores.of(words, self.profile)
        total, n = int(own.sum()), own.shape[1]
        made = [self.t1(total, own.size)]
        if self.levels is not None:
            made.append(self.t2(key, own))
        if self.residuals:
            made.append(self.t2r(key))
        if self.profile["scheme"] != "tournament":
            made.append(self.t3(words, own))
        made += [self.t3r(key, *self.logs[name]) for name in self.logs if name in key.ids]
        if self.plan["decoys"]:
            made.append(self.t5(key, total))
        made += [self.t6(words, own, control) for control in self.controls]
        if self.plan["shape"] and self.gumbel:
            made.append(self.t8(words))
        for finding in made:
            finding.setdefault("scored", n)
            finding.setdefault("unproven", set())
            self.condition(finding, key)
        return made

    def condition(self, finding, key):
        source = self.source(key)
        if finding["test"] in ("T2", "T2r", "T3") and self.windows:
            finding["weights"] = source
            if source == "same-key":
                finding["unproven"] |= {"key-free-weights"}

    def source(self, key):
        marked = {index.marked_by for index in self.indexes} - {None}
        return "same-key" if marked & key.ids else "other-keys" if marked else "background"

    def mean(self, n):
        rate, trials = effects.null(n, self.profile)
        return rate * trials

    def t1(self, total, n):
        return {
            "test": "T1",
            "total": total,
            "statistic": mpf(total) / effects.unit(self.profile) / self.ring,
            "expected": self.mean(n) / self.ring,
            "log10_p": effects.p_value(total, n, self.profile),
        }

    def weighted_sum(self, own, levels):
        """Statistic, expectation, cells by weight, and log10 p of Σ weight·score."""
        rows, total, expected = [], 0, mpf(0)
        for weight in sorted(set(levels.tolist()), key=lambda weight: (weight < 0, abs(weight))):
            here = own[:, levels == weight]
            n, part = here.size, int(here.sum())
            # The deficit is in the statistic, and not in the printed means.
            total += weight * (part + scores.DEFICIT * n * (self.gumbel and weight < 0))
            expected += weight * self.mean(n)
            rows.append((weight, n, part))
        unit = effects.unit(self.profile)
        groups = [(weight, n) for weight, n, _ in rows if weight]
        exact = not groups or len(groups) == 1 and groups[0][0] > 0
        if not groups:
            log = mpf(0)
        elif exact:
            log = effects.p_value(total // groups[0][0], groups[0][1], self.profile)
        elif self.gumbel:
            log = weighted.gammas(groups, mpf(total) / unit)
        else:
            per, rate = effects.trials(1, self.profile)
            exact = total in [sum(w * n * per for w, n in groups if (w > 0) == up) for up in (False, True)]  # the least or the largest sum
            # With a rate of ½ a negative weight, turned, is a positive one.
            exact |= rate == mpf(1) / 2 and len({abs(w) for w, _ in groups}) == 1
            log = weighted.counts([(weight, n * per) for weight, n in groups], rate, total)
        levels = [{"weight": w, "cells": n, "mean_score": mpf(part) / n / unit} for w, n, part in rows]
        return {"statistic": mpf(total) / unit, "expected": expected, "log10_p": upper(log), "levels": levels, "exact": exact}

    def t2(self, key, own):
        forms = [self.weighted_sum(own, self.levels) | {"leaning": None, "prior": None}]
        if self.second is not None:
            prior = max(self.windows.prior, weights.OTHER_PRIOR)
            forms.append(self.weighted_sum(own, self.second) | {"leaning": None, "prior": prior})
        return self.best("T2", key, forms)

    def best(self, test, key, forms):
        """The form with the smallest p, at as many times its p as there are forms."""
        # Where the program's bounds may order them otherwise, the finding says which it was.
        least = min(form["log10_p"] for form in forms)
        close = [form for form in forms if form["log10_p"] - least <= LOOSE]
        named = self.forms.get((test, key.id))
        chosen = next((form for form in close if (form["leaning"], form["prior"]) == named), close[0])
        return chosen | {"test": test, "log10_p": upper(chosen["log10_p"] + tails.log10(len(forms)))}

    def scores_of(self, key, cells):
        return scores.of(scores.words_of(key.cohort, self.profile, lay_out(list(cells), self.read.h)), self.profile)

    def t2r(self, key):
        forms = []
        for form in self.residuals:
            own = self.scores_of(key, form.weights)
            found = self.weighted_sum(own, np.array(list(form.weights.values()), np.int64))
            forms.append(found | {"scored": own.shape[1], "leaning": form.leaning, "prior": form.prior or None, "above": form.above, "below": form.below})
        return self.best("T2r", key, forms)

    def t3(self, words, own):
        levels = self.levels
        if levels is None and self.ring > 1:
            levels = np.ones(own.shape[1], np.int64)
        end, (where, most) = eprocess.run(self.process, words, own, levels)
        unproven = {"key-free-order"} if self.order == "unproven" else set()
        return {"test": "T3", "log10_e": end, "cells": where, "largest": most, "log10_p": upper(-most), "unproven": unproven}

    def t3r(self, key, log, bets):
        inputs = list(bets.cells)
        scored = self.scores_of(key, [cell for *cell, _ in inputs])
        own = scored[[number for *_, number in inputs], range(len(inputs))]
        end, follow, lean, (cells, most) = bets.run(own, self.named.get(("T3r", key.id)))
        found = {"test": "T3r", "scored": len(bets.cells), "above": len(bets.cells), "below": 0, "weights": "first-visits"}
        found |= {"log10_e": end, "follow": follow, "lean": lean, "leaning": "follow" if follow >= lean else "lean"}
        found |= {"cells": cells, "largest": most, "log10_p": upper(-end), "windows_read": log.windows}
        return found | {"unproven": set() if log.as_sampled else {"log-as-sampled"}}

    def t5(self, key, total):
        count = self.plan["decoys"]
        rank, best = lineup.run(key, self.profile, self.cells, total, count, self.plan["decoy_seed"])
        best = mpf(best) / effects.unit(self.profile) / self.ring
        return {"test": "T5", "rank": rank, "decoys": count, "best_decoy": best, "log10_p": tails.log10(mpf(rank) / (count + 1))}

    def t6(self, own_words, own, control):
        words = scores.words_of(control.cohort, self.profile, self.cells)
        other = scores.of(words, self.profile)
        # A cell's score is the mean of its words', rounded down; the sum where they are counts.
        share = self.ring if self.gumbel else 1
        total, discordant, log = contrast.run(own.sum(axis=0) // share, other.sum(axis=0) // share, self.profile)
        statistic = mpf(total) / effects.unit(self.profile)
        found = {"test": "T6", "control_id": control.id, "statistic": statistic, "discordant": discordant, "log10_p": upper(log)}
        return found | {"sums": (int(own.sum()), int(other.sum())), "trials": scores.discordant(own_words, words, self.profile)}

    def t8(self, words):
        return {"test": "T8"} | (shape.run(words.ravel()) or {"looked_at": 0, "log10_smallest": mpf(0), "log10_p": mpf(0), "strongest": None})
