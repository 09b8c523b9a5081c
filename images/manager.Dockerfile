# syntax=docker/dockerfile:1
# The operator.
# Build from the root of the repository: docker build --file images/manager.Dockerfile .
FROM python:3.14-slim AS build
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /source
COPY LICENSE pyproject.toml uv.lock ./
COPY packages packages
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PROJECT_ENVIRONMENT=/opt/virtrigaud
RUN uv sync --locked --no-default-groups --no-editable --package virtrigaud-manager --extra tracing

FROM python:3.14-slim
COPY --from=build /opt/virtrigaud /opt/virtrigaud
USER 65532:65532
ENTRYPOINT ["/opt/virtrigaud/bin/virtrigaud-manager"]
