//! Which routes there are.

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// `GET /recommendations`.
    Recommendations,
    /// `GET /items/{id}/related`.
    Related,
    /// `POST /rankings`.
    Rankings,
}

/// Why there is no route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoRoute {
    /// Nothing is at this path.
    NotFound,
    /// Something is, by another method.
    MethodNotAllowed {
        /// The method.
        allow: &'static str,
    },
}

impl Route {
    /// Every route.
    pub const ALL: [Self; 3] = [Self::Recommendations, Self::Related, Self::Rankings];

    /// The route of a method and a resource, as API Gateway names it: with `{id}` in the place of the id.
    ///
    /// # Errors
    /// There is none. API Gateway does not let such a request through; the function does not rely on it.
    pub fn of(method: &str, resource: &str) -> Result<Self, NoRoute> {
        let at_path = Self::ALL.into_iter().find(|route| route.resource() == resource);
        match at_path {
            None => Err(NoRoute::NotFound),
            Some(route) if route.method() == method => Ok(route),
            Some(route) => Err(NoRoute::MethodNotAllowed {
                allow: route.method(),
            }),
        }
    }

    /// Its method.
    pub const fn method(self) -> &'static str {
        match self {
            Self::Recommendations | Self::Related => "GET",
            Self::Rankings => "POST",
        }
    }

    /// Its path, with `{id}` in the place of the id.
    pub const fn resource(self) -> &'static str {
        match self {
            Self::Recommendations => "/recommendations",
            Self::Related => "/items/{id}/related",
            Self::Rankings => "/rankings",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_found_and_nothing_else() {
        for route in Route::ALL {
            assert_eq!(Route::of(route.method(), route.resource()), Ok(route));
            for method in ["HEAD", "OPTIONS", "PUT", "get", ""] {
                let allow = route.method();
                assert_eq!(
                    Route::of(method, route.resource()),
                    Err(NoRoute::MethodNotAllowed { allow })
                );
            }
        }
        for path in [
            "",
            "/",
            "/recommendations/",
            "/items/1/related",
            "/rankings/1",
            "/sessions",
        ] {
            assert_eq!(Route::of("GET", path), Err(NoRoute::NotFound), "{path}");
        }
    }
}
