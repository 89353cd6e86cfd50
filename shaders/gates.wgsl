// The activations of an LSTM's gates, kept from where exp and tanh overflow.
fn sigmoid(v: vec4f) -> vec4f { return 1.0 / (1.0 + exp(-clamp(v, vec4f(-30.0), vec4f(30.0)))); }
fn tanhSafe(v: vec4f) -> vec4f { return tanh(clamp(v, vec4f(-15.0), vec4f(15.0))); }
