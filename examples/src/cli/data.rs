//! `-d` and `--data-binary`: two flags, and one list in the order of the command line, as in curl.

use std::ops::Deref;

use clap::error::Error;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

/// A piece of a body that is posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Data {
    /// The data, or `@` and the name of a file with it.
    pub text: String,
    /// Whether a file is sent as it is: `--data-binary`.
    pub is_binary: bool,
}

/// The pieces, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Datas(pub Vec<Data>);

impl Deref for Datas {
    type Target = [Data];

    fn deref(&self) -> &[Data] {
        &self.0
    }
}

impl Args for Datas {
    fn augment_args(command: Command) -> Command {
        let flag = |name: &'static str, help: &'static str| {
            let arg = Arg::new(name).long(name).value_name("DATA").action(ArgAction::Append);
            arg.allow_hyphen_values(true).conflicts_with_all(["json", "upload_file"]).help(help)
        };
        let form = "Send DATA in a POST; \"@FILE\": the content of FILE without its line ends; several are joined \
                    by \"&\"";
        let binary = "The same, but FILE is sent as it is; \"@-\": standard input";
        command.arg(flag("data", form).short('d')).arg(flag("data-binary", binary))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Datas::augment_args(command)
    }
}

impl FromArgMatches for Datas {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Datas, Error> {
        let of = |name: &str, is_binary: bool| {
            let texts = matches.get_many::<String>(name).unwrap_or_default().cloned();
            let places = matches.indices_of(name).unwrap_or_default();
            let pieces = places.zip(texts).map(|(place, text)| (place, Data { text, is_binary }));
            pieces.collect::<Vec<_>>()
        };
        let mut pieces = [of("data", false), of("data-binary", true)].concat();
        pieces.sort_by_key(|(place, _)| *place);
        Ok(Datas(pieces.into_iter().map(|(_, data)| data).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Datas::from_arg_matches(matches)?;
        Ok(())
    }
}
