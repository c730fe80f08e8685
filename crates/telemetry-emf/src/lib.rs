//! JSON logs and CloudWatch embedded metrics for a stream function.
