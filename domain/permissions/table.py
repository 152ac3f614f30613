"""The table of permissions: what each role may do, in one place.

Who asks it: every command that a person gives, through `handling` (`asking.py`),
and every look at a case, through one door (`viewing.py`). Not asked: the clock and
deliveries, the import of a walk file, and the entries that the demo plays.

How to read it. A cell names the compartments that are allowed: `P` public,
`S` shared, `M` municipality, `K` police. A small letter behind them says for whom
only: `o` what they raised themselves, `a` what is assigned to them, `u` that and
what is their unit's, `h` that and what is their own authority's. `+` joins two
such parts, a full stop is nothing. What is not here is not allowed. The table
says what a role may at most; the rules of a case say more (who is second, who had
a hand in it), and they are asked afterwards.

Source: two role tables, reconciled where they differ; how is in ADR 0024.
"""

from collections.abc import Iterable, Mapping
from functools import cache

from domain.permissions.words import (
    Action,
    Compartment,
    Decision,
    Obligation,
    Relation,
    Role,
)

WORK = """
                    CI   PA    PN    CW    WC    UL    PO    PC    PL
read_case           P    P+So  P+Sa  PSM   PSM   PSM   PSK   PSK   PSK
read_personal       .    So    .     SM    SM    SM    SK    SK    SK
read_history        .    .     .     .     .     SMh   .     .     SKh
read_report         P    P     P     P     PS    PSM   PSK   PSK   PSK
read_proofs         P    P     P     PSM   PSM   PSM   PSK   PSK   PSK
read_access_log     .    .     .     SMo   Mu    Mu    SKo   Ku    Ku
export_case         .    .     .     PSM   PSM   PSM   SK    SK    SK

report              PS   PS    PS    PSM   PSM   PSM   SK    SK    SK
note                PSo  PS    PSa   PSM   PSM   PSM   SK    SK    SK
correct             .    .     .     PSMh  PSM   PSMh  SKh   SK    SKh
assign              .    .     .     PSMh  PSM   PSMh  SKh   SK    SKh
answer_assignment   .    .     PSa   PSMh  PSM   PSMh  SKh   SK    SKh
work                .    .     PSa   PSMu  .     PSMu  SKu   .     SKu
enforce             .    .     .     PSMu  .     PSMu  .     .     .
change_deadline     .    .     .     .     PSM   PSMh  .     SK    SKh
verify              .    PS    .     PSM   PSM   PSM   SK    SK    SK
reject_fix          .    .     .     PSM   PSM   PSM   SK    SK    SK
propose_decline     .    .     .     PSMh  .     .     SKh   .     .
second_decline      .    .     .     .     PSM   PSM   .     SK    SK
offer_handover      .    .     .     PSMh  PSM   PSM   SKh   SK    SK
answer_handover     .    .     PSa   PSMh  PSM   PSMh  SKh   SK    SKh
decide_handover     .    .     .     .     PSM   .     .     SK    .
reopen              .    .     .     PSM   PSM   PSM   SK    SK    SK

request_walk        .    PS    PS    PSM   PSM   PSM   SK    SK    SK
run_walk            .    .     .     .     PSM   .     SK    SK    .
ask_answer          .    PSo   .     PSM   PSM   PSM   SK    SK    SK
propose_text        .    .     .     PSM   PSM   PSM   SK    SK    SK
approve_text        .    .     .     .     PSM   PSM   SK    SK    SK
build_report        .    .     .     .     PSM   .     SK    SK    .
propose_sharing     .    .     .     .     .     .     K     K     .
approve_sharing     .    .     .     .     .     .     .     K     .

note_absence        .    .     Su    SMh   SM    SMh   SKh   SK    SKh
settle_delivery     .    .     .     .     SM    SMh   .     SK    SKh
record_measurement  .    .     .     .     S     .     .     S     .
tell_indicator      .    .     .     Su    .     Su    Su    .     Su
adopt_register      .    .     .     .     S     .     .     S     .
propose_roles       .    .     .     .     M     .     .     K     .
propose_erasure     .    .     .     PSM   PSM   PSM   SK    SK    SK
approve_erasure     .    .     .     .     PSM   PSM   .     SK    SK
"""
"""Who works with cases.

CI citizen, PA participant, PN partner, CW caseworker, WC walk coordinator,
UL unit leader, PO prevention officer, PC police coordinator, PL police leader.
"""

OVERSIGHT = """
                    VF    CR    AU    PU    DP        AD        CL
read_case           PSM   P     PSM   PSK   PSM       .         .
read_personal       SMa   .     SM    K     SM        .         .
read_history        .     .     PSM   PSK   .         PSM       .
read_report         .     PS    PSM   PSK   .         .         .
read_proofs         PSM   P     PSMK  PSMK  PSMK      PSMK      PSMK
read_access_log     .     .     M     K     SM        .         .
export_case         .     .     PSM   PSK   PSM       .         .

report              PS    .     .     .     .         .         .
note                PSMa  .     .     .     .         .         .
verify              PSM   .     .     .     .         .         .
reject_fix          PSM   .     .     .     .         .         .
reopen              PSM   .     .     .     .         .         .

adopt_register      .     .     .     .     .         S         .
grant_roles         .     .     .     .     .         PSM+Kh    .
approve_erasure     .     .     .     .     PSM+Kh    .         .
execute_erasure     .     .     .     .     .         .         PSMK
approve_keys        .     .     .     .     PSM+Kh    .         .
keep_keys           .     .     .     .     .         PSM+Kh    PSMK
take_step           .     .     .     .     .         .         PSMK
"""
"""Who looks on, keeps the installation, and the clock.

VF verifier, CR council reader, AU auditor, PU police auditor, DP data protection
officer, AD admin, CL clock.
"""

SHORT: Mapping[str, Role] = {
    "CI": Role.CITIZEN,
    "PA": Role.PARTICIPANT,
    "PN": Role.PARTNER,
    "CW": Role.CASEWORKER,
    "WC": Role.WALK_COORDINATOR,
    "UL": Role.UNIT_LEADER,
    "PO": Role.PREVENTION_OFFICER,
    "PC": Role.POLICE_COORDINATOR,
    "PL": Role.POLICE_LEADER,
    "VF": Role.VERIFIER,
    "CR": Role.COUNCIL_READER,
    "AU": Role.AUDITOR,
    "PU": Role.POLICE_AUDITOR,
    "DP": Role.DATA_PROTECTION_OFFICER,
    "AD": Role.ADMIN,
    "CL": Role.CLOCK,
}
"""The heads of the columns."""

COMPARTMENTS: Mapping[str, Compartment] = {
    "P": Compartment.PUBLIC,
    "S": Compartment.SHARED,
    "M": Compartment.MUNICIPALITY,
    "K": Compartment.POLICE,
}

ONLY_FOR: Mapping[str, frozenset[Relation]] = {
    "": frozenset(Relation),
    "o": frozenset({Relation.OWN}),
    "a": frozenset({Relation.ASSIGNED}),
    "u": frozenset({Relation.ASSIGNED, Relation.OWN_UNIT}),
    "h": frozenset({Relation.ASSIGNED, Relation.OWN_UNIT, Relation.OWN_AUTHORITY}),
}
"""What the small letter behind the compartments stands for."""

READING = frozenset(
    {
        Action.READ_CASE,
        Action.READ_PERSONAL,
        Action.READ_HISTORY,
        Action.READ_REPORT,
        Action.READ_PROOFS,
        Action.READ_ACCESS_LOG,
        Action.EXPORT_CASE,
    }
)

NOTHING_ELSE: Mapping[Role, frozenset[Action]] = {
    Role.AUDITOR: READING,
    Role.POLICE_AUDITOR: READING,
    Role.ADMIN: frozenset(
        {
            Action.READ_HISTORY,
            Action.READ_PROOFS,
            Action.ADOPT_REGISTER,
            Action.GRANT_ROLES,
            Action.KEEP_KEYS,
        }
    ),
    Role.CLOCK: frozenset(
        {
            Action.READ_PROOFS,
            Action.EXECUTE_ERASURE,
            Action.KEEP_KEYS,
            Action.TAKE_STEP,
        }
    ),
}
"""Who may do this and nothing else, whatever other role they have.

Whoever audits or keeps an installation does not work in it, an admin sees no
case, and no machine counts as one of two persons.
"""

AUDITORS = frozenset({Role.AUDITOR, Role.POLICE_AUDITOR})
OUTSIDE = frozenset({Role.CITIZEN, Role.PARTICIPANT, Role.PARTNER, Role.COUNCIL_READER})
BLINDED = AUDITORS | {Role.DATA_PROTECTION_OFFICER, Role.ADMIN, Role.CLOCK}
EVERYBODY = frozenset(Role)

_REDACT, _LOG, _PURPOSE = Obligation.REDACT, Obligation.LOG, Obligation.PURPOSE
DUTIES: tuple[tuple[frozenset[Action], frozenset[Role], frozenset[Obligation]], ...] = (
    (frozenset({Action.READ_PERSONAL}), EVERYBODY, frozenset({_LOG, _PURPOSE})),
    (frozenset({Action.READ_PERSONAL}), AUDITORS, frozenset({_REDACT})),
    (frozenset({Action.EXPORT_CASE}), EVERYBODY, frozenset({_LOG, _PURPOSE})),
    (frozenset({Action.READ_ACCESS_LOG}), EVERYBODY, frozenset({_LOG})),
    (READING, AUDITORS, frozenset({_LOG})),
    (frozenset({Action.READ_CASE}), OUTSIDE, frozenset({_REDACT})),
    (frozenset({Action.READ_HISTORY}), frozenset({Role.ADMIN}), frozenset({_REDACT})),
    (frozenset({Action.READ_PROOFS}), BLINDED, frozenset({_REDACT})),
)
"""What must happen besides: for these actions, by these roles."""

Part = tuple[frozenset[Compartment], frozenset[Relation]]
DENIED = Decision(allowed=False)
FORBIDDEN = Decision(allowed=False, explicit=True)


@cache
def may(
    role: Role, action: Action, compartment: Compartment, relation: Relation
) -> Decision:
    """Return what the table says of one role in one relation; total."""
    if action not in NOTHING_ELSE.get(role, frozenset(Action)):
        return FORBIDDEN
    for compartments, relations in parts().get((action, role), ()):
        if compartment in compartments and relation in relations:
            return Decision(allowed=True, obligations=_duties(role, action))
    return DENIED


def may_any(
    roles: Iterable[Role],
    action: Action,
    compartment: Compartment,
    relations: Iterable[Relation],
) -> Decision:
    """Return what somebody with several roles and relations may.

    One cell that allows is enough, unless one forbids; obligations add up.
    """
    stands = tuple(relations) or (Relation.OTHER,)
    found = [
        may(role, action, compartment, relation)
        for role in roles
        for relation in stands
    ]
    if any(one.explicit for one in found):
        return FORBIDDEN
    allowing = [one.obligations for one in found if one.allowed]
    if not allowing:
        return DENIED
    return Decision(allowed=True, obligations=frozenset().union(*allowing))


@cache
def cells() -> Mapping[tuple[Action, Role], str]:
    """Return the cells of both halves as they are written."""
    found: dict[tuple[Action, Role], str] = {}
    for half in (WORK, OVERSIGHT):
        head, *rows = (line.split() for line in half.splitlines() if line.strip())
        for name, *written in rows:
            for short, cell in zip(head, written, strict=True):
                found[Action(name), SHORT[short]] = cell
    return found


@cache
def parts() -> Mapping[tuple[Action, Role], tuple[Part, ...]]:
    """Return the cells as sets; those with nothing are left out."""
    return {
        place: tuple(_part(part) for part in cell.split("+"))
        for place, cell in cells().items()
        if cell != "."
    }


def _part(text: str) -> Part:
    letters = text.rstrip("".join(ONLY_FOR))
    compartments = frozenset(COMPARTMENTS[letter] for letter in letters)
    return compartments, ONLY_FOR[text.removeprefix(letters)]


@cache
def _duties(role: Role, action: Action) -> frozenset[Obligation]:
    return frozenset(
        duty
        for actions, roles, duties in DUTIES
        if action in actions and role in roles
        for duty in duties
    )
