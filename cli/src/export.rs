//! `warren export`: a scenario in another form.

use crate::args::{Export, Target};
use crate::programs::{Language, Program, program};
use crate::terminal::Terminal;
use crate::{Ending, asyncapi, definitions, output, resources, source};
use clap::ValueEnum as _;
use serde_json::Value as Json;
use std::path::Path;
use warren_core::scenario::{Document, visible};

pub(crate) fn export(args: &Export, terminal: &mut Terminal) -> Ending {
    if let Some(option) = ignored(args) {
        terminal.complain(&format!("{option} is not for --to {}", name(args.to)));
        return Ending::BadInput;
    }
    let Some((source, parsed)) = source::scenario(&args.file, terminal) else {
        return Ending::BadInput;
    };
    let file = Path::new(&source.name)
        .file_name()
        .map_or(source.name.clone(), |name| name.to_string_lossy().into_owned());
    let document = parsed.document;
    let written = match args.to {
        Target::Definitions => {
            let lost = resources::losses(&document);
            definitions::written(document, args).map(|text| Program { text, lost })
        }
        Target::TopologyOperator => resource(document, args, resources::operator),
        Target::Terraform => resource(document, args, resources::terraform),
        Target::AsyncApi => {
            let (text, lost) = asyncapi::written(&document);
            Ok(Program { text, lost })
        }
        Target::Python => Ok(program(&document, &file, Language::Python)),
        Target::Javascript => Ok(program(&document, &file, Language::JavaScript)),
        Target::Rust => Ok(program(&document, &file, Language::Rust)),
        Target::Java => Ok(program(&document, &file, Language::Java)),
        Target::Go => Ok(program(&document, &file, Language::Go)),
        Target::Dotnet => Ok(program(&document, &file, Language::DotNet)),
    };
    let Program { text, lost } = match written {
        Ok(written) => written,
        Err(why) => {
            terminal.complain(&why);
            return Ending::BadInput;
        }
    };
    if let Err(why) = output::write(args.output.as_deref(), &text, terminal) {
        terminal.complain(&why);
        return Ending::BadInput;
    }
    for one in lost.iter().filter(|_| !args.quiet) {
        terminal.error(&format!("left out: {}\n", visible(one)));
    }
    Ending::Fine
}

/// An option that would do nothing.
fn ignored(args: &Export) -> Option<&'static str> {
    let declares =
        matches!(args.to, Target::Definitions | Target::TopologyOperator | Target::Terraform);
    match args.to {
        _ if args.vhost.is_some() && !declares => Some("--vhost"),
        Target::Definitions => None,
        _ => args.with_secrets.then_some("--with-secrets"),
    }
}

/// What a target is called on the command line.
fn name(target: Target) -> String {
    target.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}

/// Resources that are made from definitions.
fn resource(
    document: Document,
    args: &Export,
    write: fn(&Json) -> String,
) -> Result<Program, String> {
    let lost = resources::losses(&document);
    let definitions = definitions::written(document, args)?;
    let file = serde_json::from_str(&definitions).map_err(|error| error.to_string())?;
    Ok(Program { text: write(&file), lost })
}
