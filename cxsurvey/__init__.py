"""CX maturity surveys: scores, leaders, followers and laggards, tested gaps, figures that can be published.

Every public name is imported when it is first used, so that ``import cxsurvey`` costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "Audit": "cxsurvey.published.audit.audit",
    "Claims": "cxsurvey.published.claims.records",
    "Book": "cxsurvey.analysis.tabulation.book",
    "CxSurveyError": "cxsurvey.errors",
    "Estimates": "cxsurvey.analysis.results",
    "Gaps": "cxsurvey.analysis.results",
    "Measure": "cxsurvey.study.codebook",
    "Issues": "cxsurvey.study.issues",
    "Quality": "cxsurvey.study.quality",
    "Robustness": "cxsurvey.analysis.robustness",
    "Scores": "cxsurvey.analysis.scoring",
    "Segmentation": "cxsurvey.analysis.segmentation",
    "Study": "cxsurvey.study.study",
    "Synthetic": "cxsurvey.published.synthesis.synthesis",
    "Weighting": "cxsurvey.analysis.weights",
    "audit": "cxsurvey.published.audit.audit",
    "bundled_studies": "cxsurvey.readers.study_folder",
    "check": "cxsurvey.study.checks",
    "compare_profile": "cxsurvey.analysis.tabulation.profile_comparison",
    "draw_figures": "cxsurvey.display.figures",
    "estimate": "cxsurvey.analysis.estimation",
    "figures": "cxsurvey.display.figures",
    "gaps": "cxsurvey.analysis.gaps",
    "import_export": "cxsurvey.readers.importing.importer",
    "Imported": "cxsurvey.readers.importing.records",
    "quality": "cxsurvey.study.quality",
    "rating_pairs": "cxsurvey.analysis.rating_pairs",
    "read_claims": "cxsurvey.published.claims.file",
    "read_study": "cxsurvey.readers.study_folder",
    "report": "cxsurvey.display.report",
    "robustness": "cxsurvey.analysis.robustness",
    "score": "cxsurvey.analysis.scoring",
    "segment": "cxsurvey.analysis.segmentation",
    "segment_shares": "cxsurvey.analysis.segment_shares",
    "tabulate": "cxsurvey.analysis.tabulation.tabulate",
    "synthesize": "cxsurvey.published.synthesis.synthesis",
    "weigh": "cxsurvey.analysis.weighting",
    "write_book": "cxsurvey.display.book.writing",
}

if TYPE_CHECKING:
    from cxsurvey.analysis.estimation import estimate as estimate
    from cxsurvey.analysis.gaps import gaps as gaps
    from cxsurvey.analysis.rating_pairs import rating_pairs as rating_pairs
    from cxsurvey.analysis.results import Estimates as Estimates
    from cxsurvey.analysis.results import Gaps as Gaps
    from cxsurvey.analysis.robustness import Robustness as Robustness
    from cxsurvey.analysis.robustness import robustness as robustness
    from cxsurvey.analysis.scoring import Scores as Scores
    from cxsurvey.analysis.scoring import score as score
    from cxsurvey.analysis.segment_shares import segment_shares as segment_shares
    from cxsurvey.analysis.segmentation import Segmentation as Segmentation
    from cxsurvey.analysis.segmentation import segment as segment
    from cxsurvey.analysis.tabulation.book import Book as Book
    from cxsurvey.analysis.tabulation.profile_comparison import compare_profile as compare_profile
    from cxsurvey.analysis.tabulation.tabulate import tabulate as tabulate
    from cxsurvey.analysis.weighting import weigh as weigh
    from cxsurvey.analysis.weights import Weighting as Weighting
    from cxsurvey.display import charts as charts
    from cxsurvey.display.book.writing import write_book as write_book
    from cxsurvey.display.figures import draw_figures as draw_figures
    from cxsurvey.display.figures import figures as figures
    from cxsurvey.display.report import report as report
    from cxsurvey.errors import CxSurveyError as CxSurveyError
    from cxsurvey.published.audit.audit import Audit as Audit
    from cxsurvey.published.audit.audit import audit as audit
    from cxsurvey.published.synthesis.synthesis import Synthetic as Synthetic
    from cxsurvey.published.synthesis.synthesis import synthesize as synthesize
    from cxsurvey.readers.importing.importer import import_export as import_export
    from cxsurvey.readers.importing.records import Imported as Imported
    from cxsurvey.readers.study_folder import bundled_studies as bundled_studies
    from cxsurvey.readers.study_folder import read_study as read_study
    from cxsurvey.study.checks import check as check
    from cxsurvey.study.codebook import Measure as Measure
    from cxsurvey.study.issues import Issues as Issues
    from cxsurvey.study.quality import Quality as Quality
    from cxsurvey.study.quality import quality as quality
    from cxsurvey.study.study import Study as Study

_MODULES = {"charts": "cxsurvey.display.charts"}

__all__ = [*_HOMES, *_MODULES, "__version__"]  # noqa: PLE0604 - the names are strings


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(_MODULES[name])
    if name not in _HOMES:
        message = f"module 'cxsurvey' has no attribute '{name}'"
        raise AttributeError(message)
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
