//! The frames of the examples of rules on workloads, so that each shows little more than what it is about.

/// A Pod with this below its `spec:`.
macro_rules! pod {
    ($body:literal) => {
        concat!("apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n", $body)
    };
}

/// A Pod with one container and this below its name and image.
macro_rules! container {
    ($body:literal) => {
        concat!(
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: app\n",
            "    image: registry.example.com/app:1.4\n",
            $body
        )
    };
}

/// A Deployment with this below its `spec:`.
macro_rules! deployment {
    ($body:literal) => {
        concat!("apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n", $body)
    };
}

pub(crate) use {container, deployment, pod};
