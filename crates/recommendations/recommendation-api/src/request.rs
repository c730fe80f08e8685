//! Requests that keep every limit.

use crate::arn::FilterArn;
use crate::caller::{Caller, Forbidden};
use crate::catalogue::Catalogue;
use crate::given::{Given, GivenList};
use crate::invalid::{Field, Invalid};
use crate::json_fields::JsonFields;
use crate::limits::{
    DEFAULT_RESULTS, PROMOTED_PERCENT, RANKED_ITEMS, RANKED_ITEMS_WITH_METADATA, RESULTS,
    RESULTS_WITH_METADATA,
};
use crate::options::{GivenOptions, Options};
use crate::query::Query;
use crate::text::{ItemId, Name, UserId};

/// The share of promoted items when the request does not say, in percent.
pub const DEFAULT_PROMOTED_PERCENT: u8 = 20;

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    subject: Subject,
    user: UserId,
    options: Options,
}

/// What is to be recommended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// Items for the user.
    Recommendations(List),
    /// Items that go with an item. The user is who asks: a filter may look at the user's interactions.
    Related(ItemId, List),
    /// These items, in the user's order.
    Ranking(Vec<ItemId>),
}

/// The list that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    results: usize,
    promotion: Option<Promotion>,
}

/// Items that a part of the list is kept for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promotion {
    name: Name,
    filter: FilterArn,
    percent: u8,
}

/// Why a request is not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A field breaks a rule.
    Invalid(Invalid),
    /// The caller may not ask for that user.
    Forbidden(Forbidden),
}

impl Request {
    /// `GET /recommendations`.
    ///
    /// # Errors
    /// A parameter is unknown or breaks a limit, or the caller may not ask for the user.
    pub fn recommendations(
        mut query: Query,
        caller: &Caller,
        catalogue: &Catalogue,
    ) -> Result<Self, Refusal> {
        let user = user(query.take("userId")?.as_ref())?;
        let (list, options) = list_and_options(query, catalogue)?;
        Ok(Self {
            subject: Subject::Recommendations(list),
            user: caller.subject(user)?,
            options,
        })
    }

    /// `GET /items/{id}/related`.
    ///
    /// # Errors
    /// The id or a parameter breaks a limit, or a parameter is unknown.
    pub fn related(
        id: String,
        query: Query,
        caller: &Caller,
        catalogue: &Catalogue,
    ) -> Result<Self, Refusal> {
        let field = Field::path("id");
        let item = Given { field, text: id }.parse()?;
        let (list, options) = list_and_options(query, catalogue)?;
        Ok(Self {
            subject: Subject::Related(item, list),
            user: caller.user().clone(),
            options,
        })
    }

    /// `POST /rankings`.
    ///
    /// # Errors
    /// The body is no JSON object, a member is unknown, missing or breaks a limit, there is a query, or the caller may
    /// not ask for the user.
    pub fn ranking(
        body: &str,
        query: Query,
        caller: &Caller,
        catalogue: &Catalogue,
    ) -> Result<Self, Refusal> {
        query.end()?;
        let mut fields = JsonFields::parse(body)?;
        let user = user(fields.text("userId")?.as_ref())?;
        let items = fields.texts("items")?;
        let options = Options::check(options_of_body(&mut fields)?, catalogue)?;
        fields.end()?;
        Ok(Self {
            subject: Subject::Ranking(ranked_items(items, &options)?),
            user: caller.subject(user)?,
            options,
        })
    }

    /// The most popular items, for nobody in particular.
    pub fn popular() -> Self {
        let list = List {
            results: RESULTS,
            promotion: None,
        };
        Self {
            subject: Subject::Recommendations(list),
            user: UserId::nobody(),
            options: Options::default(),
        }
    }

    /// What is to be recommended.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// For whom.
    pub fn user(&self) -> &UserId {
        &self.user
    }

    /// What is asked for besides.
    pub fn options(&self) -> &Options {
        &self.options
    }
}

impl List {
    /// How many items at most.
    pub fn results(&self) -> usize {
        self.results
    }

    /// The promotion.
    pub fn promotion(&self) -> Option<&Promotion> {
        self.promotion.as_ref()
    }
}

impl Promotion {
    /// Its name, which the promoted items carry.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// The filter that the promoted items pass.
    pub fn filter(&self) -> &FilterArn {
        &self.filter
    }

    /// The share of the list that is kept for them, in percent.
    pub fn percent(&self) -> u8 {
        self.percent
    }
}

impl From<Invalid> for Refusal {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

impl From<Forbidden> for Refusal {
    fn from(forbidden: Forbidden) -> Self {
        Self::Forbidden(forbidden)
    }
}

fn user(given: Option<&Given>) -> Result<Option<UserId>, Invalid> {
    given.map(Given::parse).transpose()
}

fn list_and_options(mut query: Query, catalogue: &Catalogue) -> Result<(List, Options), Invalid> {
    let results = query.take("numResults")?;
    let promotion = promotion(
        query.take("promotion")?,
        query.take("promotionPercent")?,
        catalogue,
    )?;
    let options = Options::check(options_of_query(&mut query)?, catalogue)?;
    query.end()?;
    let results = results.map_or(Ok(DEFAULT_RESULTS), |given| number_of_results(&given, &options))?;
    Ok((List { results, promotion }, options))
}

fn number_of_results(given: &Given, options: &Options) -> Result<usize, Invalid> {
    if options.columns().is_empty() {
        let number = whole_number(&given.text, RESULTS);
        number.ok_or_else(|| given.field.invalid("not a whole number from 1 to 500"))
    } else {
        let number = whole_number(&given.text, RESULTS_WITH_METADATA);
        number.ok_or_else(|| {
            given
                .field
                .invalid("with metadata not a whole number from 1 to 50")
        })
    }
}

/// A number of digits alone, without a zero in front: one way to write each.
fn whole_number(text: &str, most: usize) -> Option<usize> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    let number = plain.then(|| text.parse().ok()).flatten()?;
    (number <= most).then_some(number)
}

fn promotion(
    name: Option<Given>,
    percent: Option<Given>,
    catalogue: &Catalogue,
) -> Result<Option<Promotion>, Invalid> {
    let Some(name) = name else {
        return match percent {
            Some(percent) => Err(percent.field.invalid("needs a promotion beside it")),
            None => Ok(None),
        };
    };
    let found = catalogue.promotions.find(&name.text);
    let (name, filter) = found.ok_or_else(|| name.field.invalid("no promotion of that name"))?;
    Ok(Some(Promotion {
        name: name.clone(),
        filter: filter.clone(),
        percent: percent.map_or(Ok(DEFAULT_PROMOTED_PERCENT), |given| promoted_percent(&given))?,
    }))
}

fn promoted_percent(given: &Given) -> Result<u8, Invalid> {
    whole_number(&given.text, PROMOTED_PERCENT.into())
        .and_then(|percent| u8::try_from(percent).ok())
        .ok_or_else(|| given.field.invalid("not a whole number from 1 to 100"))
}

fn options_of_query(query: &mut Query) -> Result<GivenOptions, Invalid> {
    Ok(GivenOptions {
        filter: query.take("filter")?,
        filter_values: query.take_named("filter."),
        context: query.take_named_once("context.")?,
        columns: query.take_list("metadata")?,
    })
}

fn options_of_body(fields: &mut JsonFields) -> Result<GivenOptions, Invalid> {
    let filter = fields.text("filter")?;
    if filter.is_none() && fields.has("filterValues") {
        return Err(Field::body("filterValues").invalid("needs a filter beside it"));
    }
    Ok(GivenOptions {
        filter,
        filter_values: fields.named_lists("filterValues")?,
        context: fields.named_texts("context")?,
        columns: fields.texts("metadata")?,
    })
}

fn ranked_items(given: Option<GivenList>, options: &Options) -> Result<Vec<ItemId>, Invalid> {
    let given = given.ok_or_else(|| Field::body("items").invalid("missing"))?;
    let (most, with) = if options.columns().is_empty() {
        (RANKED_ITEMS, "")
    } else {
        (RANKED_ITEMS_WITH_METADATA, " with metadata")
    };
    let count = given.texts.len();
    if !(1..=most).contains(&count) {
        let fault = format!("{count} items, the limits{with} are 1 and {most}");
        return Err(given.field.invalid(fault));
    }
    given.parse()
}
