//! Functions, by their names.

use crate::data_type::Kind;

/// A function of the list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Function {
    /// Redshift's name, in lower case.
    pub(crate) name: &'static str,
    /// The fewest and the most arguments.
    pub(crate) arity: (usize, usize),
    pub(crate) role: Role,
    pub(crate) rendering: Rendering,
    pub(crate) answers: Answers,
}

/// Where a function may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// In every expression, for one row.
    Scalar,
    /// The same, but another answer at another time: not in a materialized view.
    Changing,
    /// Over a group, or over a window with OVER.
    Aggregate,
    /// With OVER only.
    Window(Order),
}

/// What ORDER BY in OVER is to a window function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// It must be there, and no frame may be.
    Needed,
    /// It must not be there.
    Refused,
    /// With it there must be a frame.
    Framed,
}

/// What it is in PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rendering {
    /// A function of the same meaning.
    Call(&'static str),
    /// The arguments with this operator between them.
    Operator(&'static str),
    /// A phrase without arguments.
    Phrase(&'static str),
    /// Rewritten by `translate/function.rs`.
    Rewritten(Rewrite),
}

/// Functions that are rewritten argument by argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rewrite {
    Average,
    CharIndex,
    DateAdd,
    DateDiff,
    DatePart,
    DateTrunc,
    Decode,
    FromVarbyte,
    LastDay,
    ListAgg,
    Nvl2,
    RatioToReport,
    Sha2,
    ToChar,
    ToVarbyte,
}

/// The type of its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answers {
    /// Not seen.
    Unseen,
    /// Always this.
    Always(Kind),
    /// The type of the first argument.
    First,
    /// The type that all arguments have.
    Common,
    /// What a sum of the first argument has.
    Sum,
}

const TEXT: Answers = Answers::Always(Kind::Varchar(None));
const INTEGER: Answers = Answers::Always(Kind::Integer);
const BIGINT: Answers = Answers::Always(Kind::BigInt);
const BOOLEAN: Answers = Answers::Always(Kind::Boolean);
const DATE: Answers = Answers::Always(Kind::Date);
const TIMESTAMP: Answers = Answers::Always(Kind::Timestamp);
const SUPER: Answers = Answers::Always(Kind::Super);
const MANY: usize = usize::MAX;

/// The functions, by name.
pub(crate) const FUNCTIONS: &[Function] = &[
    scalar("abs", (1, 1), Rendering::Call("abs"), Answers::First),
    aggregate(
        "avg",
        (1, 1),
        Rendering::Rewritten(Rewrite::Average),
        Answers::Always(Kind::Double),
    ),
    scalar("btrim", (1, 2), Rendering::Call("btrim"), TEXT),
    scalar(
        "can_json_parse",
        (1, 1),
        Rendering::Call("redshift.can_json_parse"),
        BOOLEAN,
    ),
    scalar("ceil", (1, 1), Rendering::Call("ceil"), Answers::Unseen),
    scalar("ceiling", (1, 1), Rendering::Call("ceil"), Answers::Unseen),
    scalar("char_length", (1, 1), Rendering::Call("char_length"), INTEGER),
    scalar(
        "charindex",
        (2, 2),
        Rendering::Rewritten(Rewrite::CharIndex),
        INTEGER,
    ),
    scalar(
        "coalesce",
        (1, MANY),
        Rendering::Call("COALESCE"),
        Answers::Common,
    ),
    scalar("concat", (2, 2), Rendering::Operator("||"), TEXT),
    aggregate("count", (1, 1), Rendering::Call("count"), BIGINT),
    changing(
        "current_date",
        (0, 0),
        Rendering::Phrase("redshift.current_date()"),
        DATE,
    ),
    scalar(
        "date_part",
        (2, 2),
        Rendering::Rewritten(Rewrite::DatePart),
        INTEGER,
    ),
    scalar(
        "date_trunc",
        (2, 2),
        Rendering::Rewritten(Rewrite::DateTrunc),
        TIMESTAMP,
    ),
    scalar(
        "dateadd",
        (3, 3),
        Rendering::Rewritten(Rewrite::DateAdd),
        TIMESTAMP,
    ),
    scalar(
        "datediff",
        (3, 3),
        Rendering::Rewritten(Rewrite::DateDiff),
        BIGINT,
    ),
    scalar(
        "decode",
        (3, MANY),
        Rendering::Rewritten(Rewrite::Decode),
        Answers::Unseen,
    ),
    window("dense_rank", (0, 0), Order::Needed, "dense_rank", BIGINT),
    window(
        "first_value",
        (1, 1),
        Order::Framed,
        "first_value",
        Answers::First,
    ),
    scalar("floor", (1, 1), Rendering::Call("floor"), Answers::Unseen),
    scalar(
        "from_varbyte",
        (2, 2),
        Rendering::Rewritten(Rewrite::FromVarbyte),
        TEXT,
    ),
    scalar(
        "get_array_length",
        (1, 1),
        Rendering::Call("redshift.get_array_length"),
        INTEGER,
    ),
    changing(
        "getdate",
        (0, 0),
        Rendering::Phrase("redshift.getdate()"),
        TIMESTAMP,
    ),
    scalar(
        "greatest",
        (1, MANY),
        Rendering::Call("GREATEST"),
        Answers::Common,
    ),
    scalar("is_array", (1, 1), Rendering::Call("redshift.is_array"), BOOLEAN),
    scalar(
        "is_object",
        (1, 1),
        Rendering::Call("redshift.is_object"),
        BOOLEAN,
    ),
    scalar(
        "json_parse",
        (1, 1),
        Rendering::Call("redshift.json_parse"),
        SUPER,
    ),
    scalar(
        "json_serialize",
        (1, 1),
        Rendering::Call("redshift.json_serialize"),
        TEXT,
    ),
    scalar("json_typeof", (1, 1), Rendering::Call("jsonb_typeof"), TEXT),
    window("lag", (1, 2), Order::Needed, "lag", Answers::First),
    scalar("last_day", (1, 1), Rendering::Rewritten(Rewrite::LastDay), DATE),
    window("last_value", (1, 1), Order::Framed, "last_value", Answers::First),
    window("lead", (1, 2), Order::Needed, "lead", Answers::First),
    scalar("least", (1, MANY), Rendering::Call("LEAST"), Answers::Common),
    scalar("left", (2, 2), Rendering::Call("\"left\""), TEXT),
    scalar("len", (1, 1), Rendering::Call("length"), INTEGER),
    scalar("length", (1, 1), Rendering::Call("length"), INTEGER),
    aggregate("listagg", (1, 2), Rendering::Rewritten(Rewrite::ListAgg), TEXT),
    scalar("lower", (1, 1), Rendering::Call("lower"), TEXT),
    scalar("lpad", (2, 3), Rendering::Call("lpad"), TEXT),
    scalar("ltrim", (1, 2), Rendering::Call("ltrim"), TEXT),
    aggregate("max", (1, 1), Rendering::Call("max"), Answers::First),
    scalar("md5", (1, 1), Rendering::Call("md5"), TEXT),
    aggregate("min", (1, 1), Rendering::Call("min"), Answers::First),
    scalar("mod", (2, 2), Rendering::Call("mod"), Answers::Unseen),
    window("ntile", (1, 1), Order::Needed, "ntile", BIGINT),
    scalar("nullif", (2, 2), Rendering::Call("NULLIF"), Answers::First),
    scalar("nvl", (1, MANY), Rendering::Call("COALESCE"), Answers::Common),
    scalar(
        "nvl2",
        (3, 3),
        Rendering::Rewritten(Rewrite::Nvl2),
        Answers::Unseen,
    ),
    scalar("octet_length", (1, 1), Rendering::Call("octet_length"), INTEGER),
    window("rank", (0, 0), Order::Needed, "rank", BIGINT),
    Function {
        name: "ratio_to_report",
        arity: (1, 1),
        role: Role::Window(Order::Refused),
        rendering: Rendering::Rewritten(Rewrite::RatioToReport),
        answers: Answers::Always(Kind::Double),
    },
    scalar("repeat", (2, 2), Rendering::Call("repeat"), TEXT),
    scalar("replace", (3, 3), Rendering::Call("replace"), TEXT),
    scalar("reverse", (1, 1), Rendering::Call("reverse"), TEXT),
    scalar("right", (2, 2), Rendering::Call("\"right\""), TEXT),
    scalar("round", (1, 2), Rendering::Call("redshift.round"), Answers::First),
    window("row_number", (0, 0), Order::Needed, "row_number", BIGINT),
    scalar("rpad", (2, 3), Rendering::Call("rpad"), TEXT),
    scalar("rtrim", (1, 2), Rendering::Call("rtrim"), TEXT),
    scalar("sha2", (2, 2), Rendering::Rewritten(Rewrite::Sha2), TEXT),
    scalar("sign", (1, 1), Rendering::Call("sign"), Answers::Unseen),
    scalar("split_part", (3, 3), Rendering::Call("split_part"), TEXT),
    scalar("strpos", (2, 2), Rendering::Call("strpos"), INTEGER),
    aggregate("sum", (1, 1), Rendering::Call("sum"), Answers::Sum),
    changing(
        "sysdate",
        (0, 0),
        Rendering::Phrase("redshift.sysdate()"),
        TIMESTAMP,
    ),
    scalar("to_char", (2, 2), Rendering::Rewritten(Rewrite::ToChar), TEXT),
    scalar(
        "to_varbyte",
        (2, 2),
        Rendering::Rewritten(Rewrite::ToVarbyte),
        Answers::Always(Kind::Varbyte(None)),
    ),
    scalar(
        "trunc",
        (1, 2),
        Rendering::Call("redshift.trunc"),
        Answers::Unseen,
    ),
    scalar("upper", (1, 1), Rendering::Call("upper"), TEXT),
];

/// The functions that a SUPER value may go into without a cast.
pub(crate) const TAKES_SUPER: &[&str] = &[
    "coalesce",
    "count",
    "get_array_length",
    "is_array",
    "is_object",
    "json_serialize",
    "json_typeof",
    "nvl",
];

const fn scalar(
    name: &'static str,
    arity: (usize, usize),
    rendering: Rendering,
    answers: Answers,
) -> Function {
    Function {
        name,
        arity,
        role: Role::Scalar,
        rendering,
        answers,
    }
}

const fn changing(
    name: &'static str,
    arity: (usize, usize),
    rendering: Rendering,
    answers: Answers,
) -> Function {
    Function {
        name,
        arity,
        role: Role::Changing,
        rendering,
        answers,
    }
}

const fn aggregate(
    name: &'static str,
    arity: (usize, usize),
    rendering: Rendering,
    answers: Answers,
) -> Function {
    Function {
        name,
        arity,
        role: Role::Aggregate,
        rendering,
        answers,
    }
}

const fn window(
    name: &'static str,
    arity: (usize, usize),
    order: Order,
    called: &'static str,
    answers: Answers,
) -> Function {
    Function {
        name,
        arity,
        role: Role::Window(order),
        rendering: Rendering::Call(called),
        answers,
    }
}

/// Functions of PostgreSQL's that Redshift has none of, or only on its leader node, where no table can be read.
/// <https://docs.aws.amazon.com/redshift/latest/dg/c_unsupported-postgresql-functions.html>
pub(crate) const FUNCTIONS_NOT_REDSHIFT: &[&str] = &[
    "age",
    "array_agg",
    "clock_timestamp",
    "current_time",
    "current_timestamp",
    "format",
    "gen_random_uuid",
    "generate_series",
    "json_agg",
    "json_build_object",
    "jsonb_agg",
    "jsonb_build_object",
    "jsonb_array_elements",
    "localtime",
    "localtimestamp",
    "now",
    "row_to_json",
    "statement_timestamp",
    "string_agg",
    "string_to_array",
    "to_json",
    "to_jsonb",
    "transaction_timestamp",
    "unnest",
];

#[cfg(test)]
mod tests {
    use super::*;

    const README: &str = include_str!("../../README.md");

    #[test]
    fn the_readme_lists_every_function() {
        let mut table = String::new();
        for Function {
            name,
            arity,
            role,
            rendering,
            answers: _,
        } in FUNCTIONS
        {
            let arguments = match arity {
                (fewest, most) if *most == MANY => format!("{fewest} or more"),
                (fewest, most) if fewest == most => fewest.to_string(),
                (fewest, most) => format!("{fewest} to {most}"),
            };
            let role = match role {
                Role::Scalar => "row",
                Role::Changing => "row, not in a streaming view",
                Role::Aggregate => "group",
                Role::Window(_) => "window",
            };
            let becomes = match rendering {
                Rendering::Call(name) => format!("`{name}`"),
                Rendering::Operator(operator) => format!("the operator `{}`", operator.replace('|', "\\|")),
                Rendering::Phrase(phrase) => format!("`{phrase}`"),
                Rendering::Rewritten(_) => "rewritten".to_owned(),
            };
            table.push_str(&format!(
                "| `{}` | {arguments} | {role} | {becomes} |\n",
                name.to_uppercase()
            ));
        }
        assert!(README.contains(&table), "the table should be\n{table}");
    }

    #[test]
    fn functions_are_in_order_and_named_once() {
        assert!(FUNCTIONS.is_sorted_by(|a, b| a.name < b.name));
    }
}
