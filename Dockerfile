# The version of the npm package `node` in package.json: what the tests run on is what the image runs on.
FROM node:24.21.0-bookworm-slim AS base
WORKDIR /app

# Production dependencies. No install script is needed: the only one fetches a Node, which the base image has.
FROM base AS dependencies
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

# docker build --target test . runs the tests. They run the README's commands as well, which ask by curl.
FROM base AS test
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates curl && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json ./
# The one install script that is needed; some versions of npm would also compile what comes compiled.
RUN npm ci --ignore-scripts --no-audit --no-fund && npm rebuild node
COPY . .
RUN npm test

FROM base AS runtime
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 DATABASE_URL=sqlite:/data/pendo-message.db
RUN install -d -o node -g node /data
COPY --from=dependencies /app/node_modules node_modules
COPY package.json LICENSE ./
COPY schema schema
COPY src src
USER node
VOLUME /data
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
	CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is process 1 and gets the signals; npm would swallow them.
# What a request leaves behind is short-lived: a small young generation costs no speed, and thousands of idle followers
# then cost what their sockets cost.
ENTRYPOINT ["node", "--min-semi-space-size=4", "--max-semi-space-size=4", "src/main.ts"]
