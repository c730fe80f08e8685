//! Functions of the list.

use std::sync::LazyLock;

use sqlparser::ast::helpers::attached_token::AttachedToken;
use sqlparser::ast::{
    DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause,
    FunctionArguments, Ident, ListAggOnOverflow, ObjectNamePart, OrderByExpr, Spanned,
};

use super::expression::common;
use super::{Sql, Translator, texts};
use crate::data_type::{DECIMAL_PRECISION_MAX, Kind};
use crate::forms::{self, Answers, FUNCTIONS, Rendering, Rewrite, Role, TAKES_SUPER};
use crate::refusal::Refusal;

/// Stands for the `*` of `COUNT(*)`.
static ALL: LazyLock<Expr> = LazyLock::new(|| Expr::Wildcard(AttachedToken::empty()));

/// A call whose name, number of arguments and clauses are in the list.
pub(super) struct Call<'a> {
    pub(super) form: &'static forms::Function,
    pub(super) arguments: Vec<&'a Expr>,
    pub(super) distinct: bool,
    pub(super) within_group: &'a [OrderByExpr],
    pub(super) whole: &'a Function,
}

impl Translator {
    /// A column, or one of the functions that are called without brackets.
    pub(super) fn identifier(&mut self, ident: &Ident) -> Result<Sql, Refusal> {
        let name = self.folded_word(ident);
        let is_phrase = ident.quote_style.is_none() && ["sysdate", "current_date"].contains(&name.as_str());
        match FUNCTIONS.iter().find(|form| is_phrase && form.name == name) {
            Some(form) => match form.rendering {
                Rendering::Phrase(phrase) => self.phrase(form, phrase, &Expr::Identifier(ident.clone())),
                _ => self.column(ident),
            },
            None => self.column(ident),
        }
    }

    pub(super) fn function(&mut self, function: &Function) -> Result<Sql, Refusal> {
        let call = self.call(function)?;
        match (&function.over, call.form.role) {
            (Some(over), _) => self.windowed(&call, over),
            (None, Role::Window(_)) => {
                Err(self.not_redshift(format!("{} without OVER", call.form.name), function))
            }
            (None, Role::Aggregate) if self.stream.is_some() => {
                Err(self.not_listed("an aggregate in a streaming view", function))
            }
            (None, Role::Scalar | Role::Changing | Role::Aggregate) => self.called(&call),
        }
    }

    /// The call without OVER.
    pub(super) fn called(&mut self, call: &Call<'_>) -> Result<Sql, Refusal> {
        match call.form.rendering {
            Rendering::Phrase(phrase) => self.phrase(call.form, phrase, call.whole),
            Rendering::Rewritten(rewrite) => self.rewritten(call, rewrite),
            Rendering::Call(name) => {
                let arguments = self.arguments(call)?;
                let kind = answer(call.form.answers, &arguments);
                let distinct = if call.distinct { "DISTINCT " } else { "" };
                Ok(Sql::closed(
                    format!("{name}({distinct}{})", texts(arguments)),
                    kind,
                ))
            }
            Rendering::Operator(operator) => {
                let arguments = self.arguments(call)?;
                let kind = answer(call.form.answers, &arguments);
                let operands: Vec<String> = arguments.iter().map(Sql::operand).collect();
                Ok(Sql::arithmetic(operands.join(&format!(" {operator} ")), kind))
            }
        }
    }

    fn phrase(&self, form: &forms::Function, phrase: &str, part: &impl Spanned) -> Result<Sql, Refusal> {
        if self.stream.is_some() {
            return Err(self.not_redshift(format!("{} in a streaming view", form.name), part));
        }
        Ok(Sql::closed(phrase, answer(form.answers, &[])))
    }

    /// Finds the form, and sees that nothing else is asked for.
    fn call<'a>(&self, function: &'a Function) -> Result<Call<'a>, Refusal> {
        let form = self.form(function)?;
        let Function {
            name: _,
            uses_odbc_syntax: false,
            parameters: FunctionArguments::None,
            args,
            within_group,
            filter: None,
            null_treatment: None,
            over: _,
        } = function
        else {
            return Err(self.not_listed(format!("this form of {}", form.name), function));
        };
        let (arguments, distinct) = self.call_arguments(form, args, function)?;
        let (fewest, most) = form.arity;
        if !(fewest..=most).contains(&arguments.len()) {
            let what = format!("{} of {} arguments", form.name, arguments.len());
            return Err(self.not_listed(what, function));
        }
        let lists = form.rendering == Rendering::Rewritten(Rewrite::ListAgg);
        if !lists && !within_group.is_empty() {
            return Err(self.not_listed(format!("{} WITHIN GROUP", form.name), function));
        }
        Ok(Call {
            form,
            arguments,
            distinct,
            within_group,
            whole: function,
        })
    }

    fn form(&self, function: &Function) -> Result<&'static forms::Function, Refusal> {
        let name = match function.name.0.as_slice() {
            [ObjectNamePart::Identifier(ident)] => ident.value.to_lowercase(),
            _ => return Err(self.not_listed(format!("the function {}", function.name), function)),
        };
        match FUNCTIONS.iter().find(|form| form.name == name) {
            Some(form) => Ok(form),
            None if forms::FUNCTIONS_NOT_REDSHIFT.contains(&&*name) => {
                Err(self.not_redshift(format!("the function {name}"), function))
            }
            None => Err(self.not_listed(format!("the function {name}"), function)),
        }
    }

    fn call_arguments<'a>(
        &self,
        form: &forms::Function,
        args: &'a FunctionArguments,
        function: &Function,
    ) -> Result<(Vec<&'a Expr>, bool), Refusal> {
        let list = match args {
            FunctionArguments::None => return Ok((Vec::new(), false)),
            FunctionArguments::Subquery(_) => {
                return Err(self.not_redshift("a query as an argument", function));
            }
            FunctionArguments::List(list) => list,
        };
        let distinct = list.duplicate_treatment == Some(DuplicateTreatment::Distinct);
        if distinct && form.role != Role::Aggregate {
            return Err(self.not_redshift(format!("{}(DISTINCT …)", form.name), function));
        }
        let lists = form.rendering == Rendering::Rewritten(Rewrite::ListAgg);
        for clause in &list.clauses {
            match clause {
                FunctionArgumentClause::OnOverflow(ListAggOnOverflow::Error) if lists => {}
                _ => return Err(self.not_listed(format!("this clause of {}", form.name), function)),
            }
        }
        let arguments: Result<Vec<_>, _> = list
            .args
            .iter()
            .map(|argument| self.argument(form, argument, function))
            .collect();
        Ok((arguments?, distinct))
    }

    fn argument<'a>(
        &self,
        form: &forms::Function,
        argument: &'a FunctionArg,
        function: &Function,
    ) -> Result<&'a Expr, Refusal> {
        match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Ok(expr),
            FunctionArg::Unnamed(FunctionArgExpr::Wildcard) if form.name == "count" => Ok(&ALL),
            _ => Err(self.not_listed(format!("this argument of {}", form.name), function)),
        }
    }

    pub(super) fn arguments(&mut self, call: &Call<'_>) -> Result<Vec<Sql>, Refusal> {
        let mut arguments = Vec::new();
        for argument in &call.arguments {
            arguments.push(match argument {
                Expr::Wildcard(_) => Sql::closed("*", None),
                argument if TAKES_SUPER.contains(&call.form.name) => self.expression(argument)?,
                argument => self.scalar(argument)?,
            });
        }
        Ok(arguments)
    }
}

/// The type that a function answers with.
pub(super) fn answer(answers: Answers, arguments: &[Sql]) -> Option<Kind> {
    match answers {
        Answers::Unseen => None,
        Answers::Always(kind) => Some(kind),
        Answers::First => arguments.first()?.kind,
        Answers::Common => common(arguments),
        Answers::Sum => sum(arguments.first()?.kind?),
    }
}

/// <https://docs.aws.amazon.com/redshift/latest/dg/r_SUM.html>
fn sum(of: Kind) -> Option<Kind> {
    match of {
        Kind::SmallInt | Kind::Integer => Some(Kind::BigInt),
        Kind::BigInt => Some(Kind::Decimal {
            precision: DECIMAL_PRECISION_MAX,
            scale: 0,
        }),
        Kind::Decimal { scale, .. } => Some(Kind::Decimal {
            precision: DECIMAL_PRECISION_MAX,
            scale,
        }),
        Kind::Real | Kind::Double => Some(Kind::Double),
        _ => None,
    }
}
