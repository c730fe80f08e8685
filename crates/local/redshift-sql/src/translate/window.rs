//! Functions with OVER.
//!
//! <https://docs.aws.amazon.com/redshift/latest/dg/c_Window_functions.html>

use sqlparser::ast::{
    Expr, Value, ValueWithSpan, WindowFrame, WindowFrameBound, WindowFrameUnits, WindowSpec, WindowType,
};

use super::function::Call;
use super::{Sql, Translator, commas};
use crate::data_type::Kind;
use crate::forms::{Order, Rendering, Rewrite, Role};
use crate::refusal::Refusal;

impl Translator {
    pub(super) fn windowed(&mut self, call: &Call<'_>, over: &WindowType) -> Result<Sql, Refusal> {
        let order = match call.form.role {
            Role::Window(order) => order,
            Role::Aggregate if matches!(call.form.rendering, Rendering::Call(_)) => Order::Framed,
            Role::Aggregate if call.form.rendering == Rendering::Rewritten(Rewrite::Average) => Order::Framed,
            _ => return Err(self.over(call, "this function OVER a window")),
        };
        if self.stream.is_some() {
            return Err(self.over(call, "a window function in a streaming view"));
        }
        let WindowType::WindowSpec(spec) = over else {
            return Err(self.over(call, "a window by its name"));
        };
        let over = self.window(spec, order, call)?;
        if call.form.rendering == Rendering::Rewritten(Rewrite::RatioToReport) {
            return self.ratio_to_report(call, &over);
        }
        let called = self.called(call)?;
        Ok(Sql::closed(format!("{} OVER ({over})", called.text), called.kind))
    }

    fn over(&self, call: &Call<'_>, what: &str) -> Refusal {
        self.not_listed(format!("{}: {what}", call.form.name), call.whole)
    }

    fn window(&mut self, spec: &WindowSpec, order: Order, call: &Call<'_>) -> Result<String, Refusal> {
        let WindowSpec {
            window_name: None,
            partition_by,
            order_by,
            window_frame,
        } = spec
        else {
            return Err(self.over(call, "a window by its name"));
        };
        self.check_order(order, !order_by.is_empty(), window_frame.is_some(), call)?;
        let mut parts = Vec::new();
        if !partition_by.is_empty() {
            let columns: Result<Vec<Sql>, Refusal> =
                partition_by.iter().map(|each| self.scalar(each)).collect();
            parts.push(format!(
                "PARTITION BY {}",
                commas(columns?.into_iter().map(|each| each.text))
            ));
        }
        let order = self.order_by(order_by)?;
        parts.extend(Some(order.trim_start().to_owned()).filter(|order| !order.is_empty()));
        if let Some(frame) = window_frame {
            parts.push(self.frame(frame, call)?);
        }
        Ok(parts.join(" "))
    }

    fn check_order(&self, order: Order, ordered: bool, framed: bool, call: &Call<'_>) -> Result<(), Refusal> {
        match order {
            Order::Needed if !ordered => {
                Err(self.over(call, "OVER without ORDER BY, whose result may be any"))
            }
            Order::Needed if framed => Err(self.over(call, "OVER with a frame")),
            Order::Refused if ordered || framed => Err(self.over(call, "OVER with ORDER BY")),
            Order::Framed if ordered && !framed => {
                let name = call.form.name;
                let what = format!("{name} OVER (ORDER BY …) without a frame: write ROWS …");
                Err(self.not_redshift(what, call.whole))
            }
            Order::Needed | Order::Refused | Order::Framed => Ok(()),
        }
    }

    fn frame(&self, frame: &WindowFrame, call: &Call<'_>) -> Result<String, Refusal> {
        if frame.units != WindowFrameUnits::Rows {
            return Err(self.not_redshift(format!("a frame of {}: only ROWS", frame.units), call.whole));
        }
        let start = self.bound(&frame.start_bound, call)?;
        match &frame.end_bound {
            None => Ok(format!("ROWS {start}")),
            Some(end) => Ok(format!("ROWS BETWEEN {start} AND {}", self.bound(end, call)?)),
        }
    }

    fn bound(&self, bound: &WindowFrameBound, call: &Call<'_>) -> Result<String, Refusal> {
        let (rows, side) = match bound {
            WindowFrameBound::CurrentRow => return Ok("CURRENT ROW".to_owned()),
            WindowFrameBound::Preceding(rows) => (rows, "PRECEDING"),
            WindowFrameBound::Following(rows) => (rows, "FOLLOWING"),
        };
        match rows.as_deref() {
            None => Ok(format!("UNBOUNDED {side}")),
            Some(Expr::Value(ValueWithSpan {
                value: Value::Number(rows, false),
                ..
            })) => Ok(format!("{rows} {side}")),
            Some(_) => Err(self.over(call, "a frame that is no number of rows")),
        }
    }

    /// <https://docs.aws.amazon.com/redshift/latest/dg/r_WF_RATIO_TO_REPORT.html>
    fn ratio_to_report(&mut self, call: &Call<'_>, over: &str) -> Result<Sql, Refusal> {
        let [value] = call.arguments.as_slice() else {
            return Err(self.over(call, "this form of it"));
        };
        let value = self.scalar(value)?;
        let part = format!("{}::double precision", value.operand());
        let whole = format!("(sum({}) OVER ({over}))::double precision", value.text);
        Ok(Sql::arithmetic(format!("{part} / {whole}"), Some(Kind::Double)))
    }
}
