"""The airport study, recomputed from its responses with plain pandas.

Nothing below uses the package to find an expected value: cells are read as text, codes are listed by hand from
the publisher's codebook, and standard errors are the textbook sum over flights (clusters) within time of day
(strata).
"""

import hashlib
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cxsurvey as cx
from cxsurvey.display.figures import draw_figures
from cxsurvey.study.study_file import load_study_file

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "data" / "sfo2018"
ORIGINAL = ROOT.parent / "shared" / "exports" / "sfo_2018.csv"
README = (FOLDER / "README.md").read_text(encoding="utf-8")
FILE = load_study_file(FOLDER / "study.toml")

# Estimates are sums of at most 2,809 products: rounding error stays far below this.
ROUNDING = 1e-10

RATINGS = {
    "artwork": "Q7ART",
    "restaurants": "Q7FOOD",
    "shops": "Q7STORE",
    "signs": "Q7SIGN",
    "walkways": "Q7WALKWAY",
    "screens": "Q7SCREENS",
    "booths_lower": "Q7INFODOWN",
    "booths_upper": "Q7INFOUP",
    "wifi": "Q7WIFI",
    "road_signs": "Q7ROADS",
    "parking": "Q7PARK",
    "airtrain": "Q7AIRTRAIN",
    "parking_shuttle": "Q7LTPARKING",
    "rental_center": "Q7RENTAL",
    "overall": "Q7ALL",
    "clean_boarding": "Q9Boarding",
    "clean_airtrain": "Q9AirTrain",
    "clean_rental": "Q9Rental",
    "clean_restaurants": "Q9Food",
    "clean_restrooms": "Q9Restroom",
    "clean_overall": "Q9All",
    "safety": "Q10Safe",
    "precheck_rating": "Q12PRECHECKRATE",
    "getting_here": "Q13GETRATE",
    "finding_way": "Q14FIND",
    "security": "Q14PASSTHRU",
}
SCALES = {
    "information": (["Q7SIGN", "Q7SCREENS", "Q7INFODOWN", "Q7INFOUP", "Q7ROADS", "Q14FIND"], 3),
    "amenities": (["Q7ART", "Q7FOOD", "Q7STORE", "Q7WALKWAY", "Q7WIFI"], 3),
    "cleanliness": (["Q9Boarding", "Q9AirTrain", "Q9Rental", "Q9Food", "Q9Restroom"], 2),
}
YES_NO = {
    "checked_bags": "Q4BAGS",
    "bought_in_store": "Q4STORE",
    "bought_food": "Q4FOOD",
    "used_wifi": "Q4WIFI",
    "problem": "Q15PROBLEM",
    "flies_100k": "Q23FLY",
    "used_san_jose": "Q24SJC",
    "used_oakland": "Q24OAK",
    "clear_member": "Q19Clear",
}


@pytest.fixture(scope="module")
def study():
    return cx.read_study("sfo2018")


@pytest.fixture(scope="module")
def cells():
    frame = pd.read_csv(FOLDER / "responses.csv", dtype=str, keep_default_na=False)
    return frame.rename(columns=str.strip)


@pytest.fixture(scope="module")
def weights(cells):
    return cells["WEIGHT"].astype(float)


@pytest.fixture(scope="module")
def cards(study):
    return draw_figures(study)


def rated(cells, column, low=1, high=5):
    """Numbers of a rating; NaN for every code outside its range, 0 and 6 among them."""
    numbers = pd.to_numeric(cells[column], errors="coerce")
    return numbers.where(numbers.between(low, high))


def weighted_mean(values, weights):
    known = values.notna()
    return float((values[known] * weights[known]).sum() / weights[known].sum())


def linearized_error(values, weights, cells):
    """Standard error of a weighted mean: flights within time of day, with replacement."""
    known = values.notna()
    spread = (weights * (values - weighted_mean(values, weights))).where(known, 0.0) / weights[known].sum()
    flights = spread.groupby([cells["STRATA"], cells["CLUSTER"]]).sum()
    parts = [len(part) * part.var(ddof=1) for _, part in flights.groupby(level=0)]
    return float(np.sqrt(sum(parts)))


def pandas_score(cells, scale):
    columns, least = SCALES[scale]
    items = pd.concat([rated(cells, column) for column in columns], axis=1)
    enough = items.notna().sum(axis=1) >= least
    return ((items.mean(axis=1) - 1) * 25).where(enough)


def pandas_segments(cells):
    information, amenities = pandas_score(cells, "information"), pandas_score(cells, "amenities")
    scored = information.notna() & amenities.notna()
    leading = scored & (information >= 75) & (amenities >= 75)
    lagging = scored & (information < 62.5) & (amenities < 62.5)
    return pd.Series(
        np.select([leading, lagging, scored], ["leader", "laggard", "follower"], "unclassified"),
        index=cells.index,
    )


def one(estimates, **labels):
    """The single row of a result with these labels."""
    frame = estimates.frame
    for name, value in labels.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1
    return frame.iloc[0]


class TestBundledFile:
    def test_check_finds_neither_error_nor_warning(self, study):
        found = cx.check(study).frame
        assert set(found["severity"]) <= {"note"}, found.to_string()

    @pytest.mark.skipif(not ORIGINAL.is_file(), reason="the original export is not beside the project")
    def test_cells_are_those_of_the_original(self):
        assert hashlib.sha256(ORIGINAL.read_bytes()).hexdigest() in README
        original = pd.read_csv(ORIGINAL, dtype=str, keep_default_na=False)
        bundled = pd.read_csv(FOLDER / "responses.csv", dtype=str, keep_default_na=False)
        kept = [name for name in bundled if name != "CLUSTER"]
        pd.testing.assert_frame_equal(bundled[kept], original[kept])
        flight = original["AIRLINE_CODE"] + "-" + original["FLIGHT"] + "-" + original["INTDATE"]
        expected = original["RUNID"].where(original["RUNID"] != "", flight)
        assert bundled["CLUSTER"].tolist() == expected.tolist()

    @pytest.mark.skipif(not ORIGINAL.is_file(), reason="the original export is not beside the project")
    def test_readme_names_every_column_left_out(self):
        original = pd.read_csv(ORIGINAL, dtype=str, nrows=1)
        bundled = pd.read_csv(FOLDER / "responses.csv", dtype=str, nrows=1)
        section = README.split("## What was changed")[1].split("\n## ")[0]
        named = set(re.findall(r"`([^`]+)`", section))
        assert set(original) - set(bundled) <= named

    def test_nothing_points_at_a_person(self, cells):
        assert not {"Q15A", "Q18ZIP", "Q18COUNTY", "Q18COUNTRY", "ARRTIME", "FLIGHT", "GATE"} & set(cells)

    def test_responses_hash_is_in_the_readme(self):
        assert hashlib.sha256((FOLDER / "responses.csv").read_bytes()).hexdigest() in README

    def test_study_file_names_the_schema(self):
        first = (FOLDER / "study.toml").read_text(encoding="utf-8").splitlines()[0]
        assert first == "#:schema ../../cxsurvey/study/study.schema.json"


class TestDesignEvidence:
    """What the README says about weights, strata and clusters."""

    def test_each_airline_has_one_weight(self, cells):
        assert cells.groupby("AIRLINE_CODE")["WEIGHT"].nunique().max() == 1

    def test_weights_average_one(self, weights):
        assert weights.mean() == pytest.approx(1.0, abs=1e-6)  # published to seven decimals

    @pytest.mark.parametrize("column", ["STRATA", "AIRLINE_CODE", "INTDATE", "DAY", "BAREA", "PEAK", "DESTGEO"])
    def test_a_cluster_is_one_flight(self, cells, column):
        assert cells.groupby("CLUSTER")[column].nunique().max() == 1

    def test_clusters_and_strata(self, cells):
        flights = cells.groupby("STRATA")["CLUSTER"].nunique()
        assert flights.to_dict() == {"1": 63, "2": 79, "3": 65}

    def test_dates_fit_may_2018_and_no_other_month_of_that_year(self, cells):
        pairs = cells[["INTDATE", "DAY"]].astype(int).drop_duplicates()
        fits = {
            m: all(_weekday(m, date) == day for date, day in pairs.itertuples(index=False))
            for m in range(1, 13)
        }
        assert [month for month, fit in fits.items() if fit] == [5]

    def test_degrees_of_freedom_are_flights_less_strata(self, study):
        assert one(cx.estimate(study, "nps"))["df"] == 207 - 3


def _weekday(month, day):
    """1 for Sunday to 7 for Saturday, 0 for a day that the month lacks."""
    last = pd.Period(f"2018-{month}").days_in_month
    return pd.Timestamp(2018, month, day).isoweekday() % 7 + 1 if day <= last else 0


class TestNonAnswers:
    @pytest.mark.parametrize("question", RATINGS)
    def test_zero_and_six_enter_no_mean(self, study, cells, weights, question):
        values = rated(cells, RATINGS[question])
        row = one(cx.estimate(study, question, statistic="mean"))
        assert row["n"] == values.notna().sum()
        assert row["estimate"] == pytest.approx(weighted_mean(values, weights), abs=ROUNDING)
        assert 1 <= row["estimate"] <= 5

    @pytest.mark.parametrize(
        ("column", "code", "reason"),
        [
            ("Q7FOOD", "6", "not_applicable"),
            ("Q7FOOD", "0", "skipped"),
            ("Q7ALL", "BLANK", "skipped"),
            ("Q10Safe", "0", "skipped"),
            ("Q12PRECHECKRATE", "6", "dont_know"),
            ("Q14PASSTHRU", "6", "not_applicable"),
            ("Q4WIFI", "3", "dont_know"),
            ("Q11TSAPRE", "3", "dont_know"),
            ("Q22Income", "5", "not_applicable"),
            ("NETPRO", "11", "skipped"),
            ("HOME", "99", "skipped"),
        ],
    )
    def test_reasons(self, study, cells, column, code, reason):
        question = next(item for item in FILE.question if item.column == column)
        counted = study.answers(question.id).missing_counts()[reason]
        assert counted == (cells[column] == code).sum() > 0

    def test_everyone_outside_a_base_was_not_asked(self, study, cells):
        asked = cells["Q11TSAPRE"] == "1"
        assert study.answers("precheck_rating").missing_counts()["not_shown"] == (~asked).sum()
        assert (cells.loc[~asked, "Q12PRECHECKRATE"] == "").all()

    def test_respondents_are_accounted_for(self, study):
        for question in FILE.question:
            answers = study.answers(question.id)
            assert answers.answered.sum() + sum(answers.missing_counts().values()) == len(answers.reason)
            assert not answers.unknown


class TestShares:
    @pytest.mark.parametrize("question", YES_NO)
    def test_yes(self, study, cells, weights, question):
        cell = cells[YES_NO[question]]
        yes = (cell == "1").astype(float).where(cell.isin(["1", "2"]))
        row = one(cx.estimate(study, question), response="1")
        assert row["n"] == yes.notna().sum()
        assert row["estimate"] == pytest.approx(weighted_mean(yes, weights), abs=ROUNDING)
        assert row["std_error"] == pytest.approx(linearized_error(yes, weights, cells), abs=ROUNDING)

    @pytest.mark.parametrize("question", RATINGS)
    def test_top_two(self, study, cells, weights, question):
        values = rated(cells, RATINGS[question])
        top = (values >= 4).astype(float).where(values.notna())
        net = "better" if question == "precheck_rating" else "top2"
        row = one(cx.estimate(study, question, statistic="share"), response=net)
        assert row["estimate"] == pytest.approx(weighted_mean(top, weights), abs=ROUNDING)
        assert row["std_error"] == pytest.approx(linearized_error(top, weights, cells), abs=ROUNDING)

    def test_ways_to_the_airport_spread_over_three_columns(self, study, cells, weights):
        columns = cells[["Q3GETTO1", "Q3GETTO2", "Q3GETTO3"]]
        found = cx.estimate(study, "access")
        for code in range(1, 18):
            chosen = columns.eq(str(code)).any(axis=1).astype(float)
            row = one(found, response=str(code))
            assert row["estimate"] == pytest.approx(weighted_mean(chosen, weights), abs=ROUNDING)
        assert set(found.frame["n"]) == {2809}

    def test_kinds_of_problem_are_of_those_who_named_one(self, study, cells, weights):
        codes = cells[["Q15-1", "Q15-2", "Q15-3"]].apply(pd.to_numeric)
        named = (codes > 0).any(axis=1)
        security = ((codes >= 31) & (codes <= 36)).any(axis=1).astype(float).where(named)
        row = one(cx.estimate(study, "problem_kind"), response="screening")
        assert row["n"] == named.sum()
        assert row["estimate"] == pytest.approx(weighted_mean(security, weights), abs=ROUNDING)


class TestRecommendation:
    @pytest.mark.parametrize(
        ("group", "code"), [("bay_area", "1"), ("northern_california", "2"), ("elsewhere", "3")]
    )
    def test_net_promoter_score_by_region(self, study, cells, weights, group, code):
        likely = rated(cells, "NETPRO", 0, 10)
        promoter = 100.0 * ((likely >= 9).astype(float) - (likely <= 6).astype(float)).where(likely.notna())
        inside = promoter.where(cells["Q17LIVE"] == code)
        row = one(cx.estimate(study, "nps", by="region"), group=group)
        assert row["estimate"] == pytest.approx(weighted_mean(inside, weights), abs=100 * ROUNDING)
        assert row["std_error"] == pytest.approx(linearized_error(inside, weights, cells), abs=100 * ROUNDING)


class TestGroups:
    def test_passengers_on_business_and_pleasure_are_in_neither_group(self, study, cells):
        business, leisure = _trips(cells)
        found = cx.estimate(study, "day", by="trip").frame.groupby("group")["n"].first()
        assert found.to_dict() == {
            "business": business.sum(),
            "leisure": leisure.sum(),
        }


def _trips(cells):
    """Passengers on business only, and on leisure only."""
    purpose = cells[["Q2PURP1", "Q2PURP2", "Q2PURP3"]]
    business, leisure = (purpose.isin(codes).any(axis=1) for codes in (["1", "5"], ["2", "3", "6"]))
    return business & ~leisure, leisure & ~business


class TestGaps:
    """Groups of one sample that share flights: the error of the gap is of the two contributions together."""

    def check_gap(self, row, values, groups, weights, cells):
        (mean_a, spread_a), (mean_b, spread_b) = (_spread(values, group, weights) for group in groups)
        assert row["gap"] == pytest.approx(mean_a - mean_b, abs=ROUNDING)
        assert row["std_error"] == pytest.approx(_error(spread_a - spread_b, cells), abs=ROUNDING)

    def test_domestic_and_international(self, study, cells, weights):
        values = rated(cells, "Q14PASSTHRU")
        easy = (values >= 4).astype(float).where(values.notna())
        row = one(cx.gaps(study, question="security", by="flight"), response="top2")
        international = cells["PEAK"] == "3"
        self.check_gap(row, easy, (~international, international), weights, cells)

    def test_business_and_leisure(self, study, cells, weights):
        checked = (cells["Q4BAGS"] == "1").astype(float).where(cells["Q4BAGS"].isin(["1", "2"]))
        row = one(cx.gaps(study, question="checked_bags", by="trip"), response="1")
        self.check_gap(row, checked, _trips(cells), weights, cells)


class TestScoresAndSegments:
    @pytest.mark.parametrize("scale", SCALES)
    def test_scores(self, study, cells, scale):
        found = cx.score(study).frame[scale].to_numpy()
        np.testing.assert_allclose(found, pandas_score(cells, scale), rtol=0, atol=1e-9)

    def test_segments_of_the_study_rule(self, study, cells):
        expected = pandas_segments(cells)
        found = cx.segment(study).frame
        assert found["segment"].tolist() == expected.tolist()
        assert expected.value_counts().to_dict() == {
            "follower": 1099,
            "leader": 984,
            "unclassified": 414,
            "laggard": 312,
        }

    @pytest.mark.parametrize("name", ["at_best_fair", "any_poor", "score", "literal_drop"])
    def test_named_grids_run_on_the_two_ratings(self, study, cells, name):
        signs, food = (5 - rated(cells, column).clip(lower=2) for column in ("Q7SIGN", "Q7FOOD"))
        both = signs.notna() & food.notna()
        grids = {
            "at_best_fair": "LLff Lfff ffgg ffgg",
            "any_poor": "LLfg Lffg fffg gggg",
            "score": "LLff Lffg ffgg fggg",
            "literal_drop": "LL.. Lff. .fgg ..gg",
        }
        rows = grids[name].split()
        letters = [rows[int(a)][int(b)] for a, b in zip(signs[both], food[both], strict=True)]
        sizes = cx.segment(study, rule=name).sizes
        assert sizes["leader"] == letters.count("L")
        assert sizes["follower"] == letters.count("f")
        assert sizes["laggard"] == letters.count("g")
        assert sizes["unclassified"] == (~both).sum() + letters.count(".")

    def test_median_split(self, study, cells, weights):
        above = []
        for scale in ("information", "amenities"):
            values = pandas_score(cells, scale)
            above.append((values > _weighted_median(values, weights)).where(values.notna()))
        scored = above[0].notna() & above[1].notna()
        count = above[0][scored].astype(int) + above[1][scored].astype(int)
        sizes = cx.segment(study, rule="median").sizes
        assert [sizes[name] for name in ("leader", "follower", "laggard")] == [
            (count == k).sum() for k in (2, 1, 0)
        ]

    def test_terciles_hold_about_a_third_each(self, study, weights):
        found = cx.segment(study, rule="thirds").frame
        inside = found["segment"] != "unclassified"
        shares = weights[inside].groupby(found.loc[inside, "segment"]).sum() / weights[inside].sum()
        # Scores take few values, so whole ties fall on one side of a cut.
        assert shares.between(0.28, 0.40).all()


def _weighted_median(values, weights):
    """The smallest value that half of the weight does not exceed."""
    known = values.notna()
    order = values[known].sort_values(kind="stable").index
    reached = weights[order].cumsum() / weights[known].sum()
    return values[order][reached >= 0.5].iloc[0]


class TestHeadlines:
    """Each finding printed over a figure, at the lower end of its 95% interval where it has one."""

    def test_leading_to_lagging_more_than_three_to_one(self, cells, weights):
        found = pandas_segments(cells)
        inside = found != "unclassified"
        lead, lag = ((found == name).astype(float).where(inside) for name in ("leader", "laggard"))
        assert _ratio_low(lead, lag, weights, cells) > 3

    def test_problems_over_twice_as_common_in_lagging_experiences(self, cells, weights):
        found, cell = pandas_segments(cells), cells["Q15PROBLEM"]
        problem = (cell == "1").astype(float).where(cell.isin(["1", "2"]))
        lag, lead = (problem.where(found == name) for name in ("laggard", "leader"))
        assert _ratio_low(lag, lead, weights, cells) > 2

    @pytest.mark.parametrize("column", ["Q7STORE", "Q7FOOD"])
    def test_shops_and_restaurants_please_fewer_than_six_in_ten(self, cells, weights, column):
        values = rated(cells, column)
        top = (values >= 4).astype(float).where(values.notna())
        assert weighted_mean(top, weights) + 1.96 * linearized_error(top, weights, cells) < 0.60

    @pytest.mark.parametrize("other", [["D"], ["E", "F"], ["A", "G"]])
    def test_leading_experiences_are_rarest_in_terminal_1(self, cells, weights, other):
        found = pandas_segments(cells)
        lead = (found == "leader").astype(float).where(found != "unclassified")
        assert _gap_low(lead, cells["BAREA"].isin(other), cells["BAREA"].isin(["B", "C"]), weights, cells) > 0

    @pytest.mark.parametrize("region", ["1", "2"])
    def test_northern_californians_recommend_more(self, cells, weights, region):
        likely = rated(cells, "NETPRO", 0, 10)
        promoter = ((likely >= 9).astype(float) - (likely <= 6).astype(float)).where(likely.notna())
        home = cells["Q17LIVE"]
        assert _gap_low(promoter, home == region, home == "3", weights, cells) > 0

    def test_returning_passengers_recommend_more(self, cells, weights):
        likely = rated(cells, "NETPRO", 0, 10)
        promoter = ((likely >= 9).astype(float) - (likely <= 6).astype(float)).where(likely.notna())
        first = cells["Q5FIRSTTIME"]
        assert _gap_low(promoter, first == "1", first == "2", weights, cells) > 0

    def test_domestic_passengers_find_security_easier(self, cells, weights):
        values = rated(cells, "Q14PASSTHRU")
        easy = (values >= 4).astype(float).where(values.notna())
        international = cells["PEAK"] == "3"
        assert _gap_low(easy, ~international, international, weights, cells) > 0

    @pytest.mark.parametrize(("more", "less"), [(["3", "4"], ["1", "2"]), (["5", "6"], ["3", "4"])])
    def test_precheck_use_rises_with_flights(self, cells, weights, more, less):
        cell, flights = cells["Q11TSAPRE"], cells["Q5TIMESFLOWN"]
        used = (cell == "1").astype(float).where(cell.isin(["1", "2", "4"]))
        assert _gap_low(used, flights.isin(more), flights.isin(less), weights, cells) > 0

    @pytest.mark.parametrize("flights", [["1", "2"], ["3", "4"], ["5", "6"]])
    def test_most_precheck_users_call_it_much_better(self, cells, weights, flights):
        values = rated(cells, "Q12PRECHECKRATE").where(cells["Q5TIMESFLOWN"].isin(flights))
        much = (values == 5).astype(float).where(values.notna())
        assert weighted_mean(much, weights) - 1.96 * linearized_error(much, weights, cells) > 0.5

    def test_one_in_four_comes_by_ride_service(self, cells, weights):
        ways = cells[["Q3GETTO1", "Q3GETTO2", "Q3GETTO3"]]
        hired = ways.eq("5").any(axis=1).astype(float)
        assert weighted_mean(hired, weights) == pytest.approx(0.25, abs=0.005)  # as printed: 25%

    def test_eight_in_ten_rate_sfo_four_or_five(self, cells, weights):
        values = rated(cells, "Q7ALL")
        top = (values >= 4).astype(float).where(values.notna())
        assert abs(weighted_mean(top, weights) - 0.80) < 1.96 * linearized_error(top, weights, cells)

    @pytest.mark.parametrize("trailing", ["Q9Restroom", "Q9Rental"])
    @pytest.mark.parametrize("other", ["Q9Boarding", "Q9AirTrain", "Q9Food", "Q9All"])
    def test_restrooms_and_rental_center_trail(self, cells, weights, trailing, other):
        assert _top_two_gap_low(other, trailing, weights, cells) > 0

    def test_leisure_passengers_check_bags_far_more(self, cells, weights):
        checked = (cells["Q4BAGS"] == "1").astype(float).where(cells["Q4BAGS"].isin(["1", "2"]))
        business, leisure = _trips(cells)
        assert _gap_low(checked, leisure, business, weights, cells) > 0.10

    def test_signs_please_more_than_restaurants(self, cells, weights):
        assert _top_two_gap_low("Q7SIGN", "Q7FOOD", weights, cells) > 0

    def test_security_is_the_commonest_kind_of_problem(self, cells, weights):
        codes = cells[["Q15-1", "Q15-2", "Q15-3"]].apply(pd.to_numeric)
        named = (codes > 0).any(axis=1)
        kinds = [(1, 9), (11, 15), (21, 27), (41, 47), (51, 54), (61, 62), (71, 74)]
        security = ((codes >= 31) & (codes <= 36)).any(axis=1).astype(float)
        for low, high in kinds:
            kind = ((codes >= low) & (codes <= high)).any(axis=1).astype(float)
            more = (security - kind).where(named)
            assert weighted_mean(more, weights) > 1.96 * linearized_error(more, weights, cells)

    def test_business_passengers_score_cleanliness_lower(self, cells, weights):
        business, leisure = _trips(cells)
        assert _gap_low(pandas_score(cells, "cleanliness"), leisure, business, weights, cells) > 0

    def test_headlines_fit_their_figures(self):
        assert all(len(figure.headline) <= 70 for figure in FILE.figure)
        assert {figure.form for figure in FILE.figure} == {
            "ranked",
            "segments",
            "stacked",
            "lanes",
            "dumbbell",
            "matrix",
        }


class TestFigures:
    def test_every_figure_draws_on_one_card(self, cards):
        assert [card.key for card in cards] == [figure.id for figure in FILE.figure]

    def test_nothing_is_suppressed_or_missing(self, cards):
        for card in cards:
            flags = set(card.table.get("flag", pd.Series(dtype=str)).fillna(""))
            assert flags <= {"", "small"}, card.key

    def test_a_figure_prints_what_pandas_finds(self, cards, cells, weights):
        values = rated(cells, "Q7FOOD")
        top = (values >= 4).astype(float).where(values.notna())
        table = next(card.table for card in cards if card.key == "fig02")
        row = table[table["label"] == "Restaurants"].iloc[0]
        assert row["value"] == pytest.approx(100 * weighted_mean(top, weights), abs=100 * ROUNDING)
        assert row["n"] == values.notna().sum()

    def test_headlines_stand_on_the_pictures(self, cards):
        for card, figure in zip(cards, FILE.figure, strict=True):
            assert card.text.headline == figure.headline
            assert card.alt_long


def _spread(values, inside, weights):
    """Linearized contribution of each respondent to the mean of those inside."""
    part = values.where(inside)
    known = part.notna()
    mean = weighted_mean(part, weights)
    return mean, (weights * (part - mean)).where(known, 0.0) / weights[known].sum()


def _error(spread, cells):
    flights = spread.groupby([cells["STRATA"], cells["CLUSTER"]]).sum()
    return float(np.sqrt(sum(len(part) * part.var(ddof=1) for _, part in flights.groupby(level=0))))


def _gap_low(values, group_a, group_b, weights, cells):
    """Lower end of the 95% interval of a less b."""
    (a, spread_a), (b, spread_b) = (_spread(values, group, weights) for group in (group_a, group_b))
    return a - b - 1.96 * _error(spread_a - spread_b, cells)


def _top_two_gap_low(column_a, column_b, weights, cells):
    """Lower end of the 95% interval of the share rating a 4 or 5 less that of b, in one sample."""
    rated_a, rated_b = rated(cells, column_a), rated(cells, column_b)
    (a, spread_a), (b, spread_b) = (
        _spread((values >= 4).astype(float), values.notna(), weights) for values in (rated_a, rated_b)
    )
    return a - b - 1.96 * _error(spread_a - spread_b, cells)


def _ratio_low(values_a, values_b, weights, cells):
    """Lower end of the 95% interval of a over b, on the log scale."""
    (a, spread_a), (b, spread_b) = (_spread(values, values.notna(), weights) for values in (values_a, values_b))
    return a / b * np.exp(-1.96 * _error(spread_a / a - spread_b / b, cells))
