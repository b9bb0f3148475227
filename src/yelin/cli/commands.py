"""Every command, each a few lines that call the room which knows."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from yelin import lifeline
from yelin.cli import (
    app,
    groups,  # noqa: F401 - those register themselves, too
    house,
)


@app.command()
def migrate() -> None:
    """Bring the database to this version's shape."""
    house.wake()
    from django.core.management import call_command  # noqa: PLC0415 - Django loads first

    call_command("migrate", verbosity=1, interactive=False)


@app.command()
def found(
    login: Annotated[str, typer.Argument(help="The login of the agency's first head.")],
    name: Annotated[str, typer.Argument(help="What he or she is called.")],
) -> None:
    """Enter the pack's bodies and make the first login: a head of the big data agency."""
    house.wake()
    from yelin.cli import founding  # noqa: PLC0415 - Django loads first

    sys.exit(founding.found(login, name))


@app.command()
def password(
    login: Annotated[str, typer.Argument(help="The login of whoever lost the password.")],
) -> None:
    """Print a link to a new password, for somebody whom no head and no mail can help."""
    house.wake()
    from yelin.cli import founding  # noqa: PLC0415 - Django loads first

    sys.exit(founding.give_password(login))


@app.command()
def serve() -> None:
    """Answer pages and programs on HOST and PORT. Needs a PostgreSQL of your own (DATABASE_URL)."""
    from yelin.cli import serving  # noqa: PLC0415 - Django loads first

    serving.serve()


@app.command()
def worker() -> None:
    """Run background jobs and the ledger's sequencer."""
    lifeline.joins_a_demo()
    house.wake()
    from yelin.cli import working  # noqa: PLC0415 - Django loads first

    working.work()


@app.command()
def stream(
    shared: Annotated[
        bool, typer.Option("--shared", help="Other such processes listen on the same port, too.")
    ] = False,
) -> None:
    """Send files, however slowly they are taken, on YELIN_STREAM_PORT."""
    lifeline.joins_a_demo()
    house.wake()
    from yelin.cli import streaming  # noqa: PLC0415 - Django loads first

    streaming.stream(shared=shared)


@app.command()
def demo() -> None:
    """Start everything with the demo province: database, pages, worker, streams."""
    from yelin.cli import showing  # noqa: PLC0415 - Django loads first

    showing.demo()


@app.command()
def ingest(  # noqa: PLR0913 - one flag for each thing a file may not say of itself
    code: Annotated[str, typer.Argument(help="The resource's code, such as 307010001001/000012.")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A table of any kind.")],
    token: Annotated[str, typer.Option(envvar="YELIN_TOKEN", help="Your token (yln_…).")],
    publish: Annotated[bool, typer.Option(help="Publish when every row conforms.")] = False,
    without_rejected: Annotated[
        bool, typer.Option(help="Publish even without the rejected rows.")
    ] = False,
    *,
    encoding: str = "",
    delimiter: str = "",
    sheet: str = "",
    header_line: int | None = None,
    date_order: str = "",
    datum: str = "",
    mode: Annotated[
        Literal["replace", "append", "upsert", "delete"],
        typer.Option(help="What the rows do to those of the newest version."),
    ] = "replace",
    dates: Annotated[list[str], typer.Option(help="ITEM=dmy: the order of its dates.")] = [],  # noqa: B006 - typer reads it
    column: Annotated[list[str], typer.Option(help="ITEM=HEADER: the column that is it.")] = [],  # noqa: B006 - typer reads it
    mend: Annotated[list[str], typer.Option(help="ITEM=RULE,…: how its cells are mended.")] = [],  # noqa: B006 - typer reads it
    as_changed: Annotated[
        bool, typer.Option(help="Publish even where the columns differ from the last version.")
    ] = False,
    ground: Annotated[
        list[str],
        typer.Option(help="ITEM=BASIS:CITATION: on what ground everyone has it, though personal."),
    ] = [],  # noqa: B006 - typer reads it
    grounds_stand: Annotated[
        bool, typer.Option(help="These grounds go for later versions, too.")
    ] = False,
) -> None:
    """Bring a file in for a resource, showing progress; with --publish make it a release."""
    house.wake()
    from yelin.cli import ingesting  # noqa: PLC0415 - Django loads first
    from yelin.surface import uploads  # noqa: PLC0415 - Django loads first
    from yelin.warehouse.merged import Mode  # noqa: PLC0415 - Django loads first
    from yelin.warehouse.pipeline import Options  # noqa: PLC0415 - Django loads first

    options = Options(
        encoding=encoding or None,
        delimiter=delimiter or None,
        sheet=sheet or None,
        header_line=header_line,
        date_order=date_order or None,
        datum=datum or None,
        date_orders=uploads.pairs(dates, "dates"),
        columns=uploads.pairs(column, "column"),
        mends=uploads.mends(mend),
        mode=Mode(mode),
    )
    grounds = uploads.grounds(ground, standing=grounds_stand)
    sys.exit(
        ingesting.ingest(code, file, token, options, publish, without_rejected, as_changed, grounds)
    )


@app.command()
def attribute(
    code: Annotated[str, typer.Argument(help="The resource's code, such as 307010001001/000012.")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="What leaked.")],
    token: Annotated[str, typer.Option(envvar="YELIN_TOKEN", help="Your token (yln_…).")],
    release: Annotated[
        int | None, typer.Option(help="The version it is of; by default it is looked for.")
    ] = None,
    *,
    encoding: str = "",
    sheet: str = "",
    column: Annotated[list[str], typer.Option(help="ITEM=HEADER: the column that is it.")] = [],  # noqa: B006 - typer reads it
) -> None:
    """Say whose copies a leaked file was made of, where rows are kept back for that."""
    house.wake()
    from yelin.cli import attributing  # noqa: PLC0415 - Django loads first
    from yelin.surface import uploads  # noqa: PLC0415 - Django loads first
    from yelin.warehouse.pipeline import Options  # noqa: PLC0415 - Django loads first

    options = Options(
        encoding=encoding or None,
        sheet=sheet or None,
        columns=uploads.pairs(column, "column"),
    )
    sys.exit(attributing.attribute(code, file, token, release, options))


@app.command()
def attach(
    on: Annotated[str, typer.Argument(help="The case by its number, the plan or project by id.")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="PDF, DOCX, JPEG, …")],
    token: Annotated[str, typer.Option(envvar="YELIN_TOKEN", help="Your token (yln_…).")],
) -> None:
    """Attach a file to a case, a plan, a project or a rule."""
    house.wake()
    from yelin.cli import attaching  # noqa: PLC0415 - Django loads first

    sys.exit(attaching.attach(on, file, token))


@app.command(
    "act",
    # The arguments are those of the act, so the act explains them too.
    context_settings={
        "allow_extra_args": True,
        "ignore_unknown_options": True,
        "help_option_names": [],
    },
)
def act_by_name(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The act, such as catalog.confirm.")] = "",
    token: Annotated[str, typer.Option(envvar="YELIN_TOKEN", help="Your token (yln_…).")] = "",
    listed: Annotated[bool, typer.Option("--list", help="List the acts.")] = False,
    helped: Annotated[bool, typer.Option("--help", help="Explain the act.")] = False,
) -> None:
    """Do an act by name: --argument value …; --list names them, NAME --help explains one."""
    if helped and not name:
        print(context.get_help())
        sys.exit(0)
    if helped or listed:
        house.load()
    else:
        house.wake()
    from yelin.cli import acting  # noqa: PLC0415 - Django loads first

    if helped:
        sys.exit(acting.explain(name))
    sys.exit(acting.do(name, context.args, token) if name and not listed else acting.offer())


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Tell it to a program.")] = False,
    language: Annotated[str, typer.Option(help="en or zh-hans.")] = "en",
) -> None:
    """Say what is wrong with this installation, and how to mend it. Status 1 if anything is."""
    house.load()
    from yelin.cli import examining  # noqa: PLC0415 - Django loads first

    sys.exit(examining.doctor(language, as_json))


@app.command()
def retry() -> None:
    """Run every job that failed and was given up once more."""
    house.wake()
    from yelin.operation import jobs  # noqa: PLC0415 - Django loads first

    print(f"{jobs.run_again()} jobs run again.")


@app.command("verify")
def verify_file(
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help="Bundle, receipt, extract, evidence."),
    ],
    key: Annotated[str, typer.Option(help="The vkey of the log that you trust.")] = "",
    request: Annotated[
        Path | None, typer.Option(exists=True, help="Of a call: the request as it was sent.")
    ] = None,
    answer: Annotated[
        Path | None, typer.Option(exists=True, help="Of a call: the answer as it came.")
    ] = None,
    message_keys: Annotated[
        Path | None, typer.Option(exists=True, help="The platform's /api/v1/keys, as you keep it.")
    ] = None,
    here: Annotated[
        bool, typer.Option("--here", help="Look in this installation what the file is.")
    ] = False,
    token: Annotated[str, typer.Option(envvar="YELIN_TOKEN", help="Your token (yln_…).")] = "",
) -> None:
    """Verify a bundle, a receipt, an extract or a pack of evidence: no database, no network.

    With --request and --answer a call's receipt is verified together with both its messages. With
    --here any file is looked for: of which version it is, and who had it, as far as you may know.
    """
    if here:
        house.wake()
        from yelin.cli import tracing  # noqa: PLC0415 - Django loads first

        sys.exit(tracing.find(file, token))
    from yelin.cli import judging  # noqa: PLC0415 - only this command needs it

    if (request is None) != (answer is None):
        sys.exit("A call has two messages: give --request and --answer.")
    kept = message_keys.read_bytes() if message_keys else b""
    with file.open("rb") as opened:
        if judging.is_pack(opened):
            sys.exit(judging.judge_pack(opened, key, kept))
    call = None
    if request and answer:
        call = judging.Saved(request.read_bytes(), answer.read_bytes(), kept)
    sys.exit(judging.judge(file.read_bytes(), key, call))


@app.command("sign")
def sign_file(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="As you downloaded it.")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="FILE.p7s otherwise.")
    ] = None,
    pkcs12: Annotated[
        Path | None, typer.Option(exists=True, help="A PKCS #12 container (.p12, .pfx).")
    ] = None,
    pkcs11: Annotated[
        Path | None, typer.Option(exists=True, help="The module of a token (PKCS #11).")
    ] = None,
    token: Annotated[str, typer.Option(help="The token's label, where there are several.")] = "",
    label: Annotated[str, typer.Option(help="The label of key and certificate in it.")] = "",
) -> None:
    """Sign a file, such as a contract, with your own key: no database, no network.

    The key stays where it is. Passphrase or PIN are asked for, or come by YELIN_SIGN_SECRET.
    """
    from yelin.cli import signing  # noqa: PLC0415 - only this command needs it

    if (pkcs12 is None) == (pkcs11 is None):
        sys.exit("Say where your key is: --pkcs12 or --pkcs11.")
    written = output or file.with_name(f"{file.name}.p7s")
    if pkcs12:
        sys.exit(signing.by_container(file, pkcs12, written))
    if pkcs11 and not label:
        sys.exit("Say which key of the token: --label.")
    assert pkcs11 is not None  # noqa: S101 - one of both is there; tells mypy
    sys.exit(signing.by_token(file, pkcs11, token, label, written))


@app.command()
def trace(
    code: Annotated[str, typer.Argument(help="The resource's code, such as 307010001001/000012.")],
    version: Annotated[int | None, typer.Option(help="Of this version alone.")] = None,
    form: Annotated[
        str, typer.Option("--format", help="ttl, jsonld, rdf, openlineage or json.")
    ] = "ttl",
    token: Annotated[str, typer.Option(envvar="YELIN_TOKEN", help="Your token (yln_…).")] = "",
) -> None:
    """Print the whole way of a resource: what it came of, what became of it, who had it."""
    house.wake()
    from yelin.cli import tracing  # noqa: PLC0415 - Django loads first

    sys.exit(tracing.trace(code, version, form, token))


@app.command("releases")
def verify_releases() -> None:
    """Check every release's manifest and files in the store against their digests."""
    house.wake()
    from yelin.cli import verifying  # noqa: PLC0415 - Django loads first

    sys.exit(verifying.releases())


@app.command("check")
def check_house() -> None:
    """Check that migrations and the generated pages are in step with the code."""
    house.load()
    from yelin.cli import checking  # noqa: PLC0415 - Django loads first

    sys.exit(checking.check(Path.cwd()))
