//! A function's environment, read once into types, and the AWS client configuration a Lambda function needs.
