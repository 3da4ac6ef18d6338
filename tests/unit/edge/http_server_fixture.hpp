// A server under test, over TLS and without.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "edge/certificate.hpp"
#include "edge/client.hpp"
#include "edge/handlers.hpp"
#include "edge/http_server.hpp"

namespace gatehouse::edge {

class HttpServerTest : public testing::Test {
  protected:
    void start(HttpHandler& handler) {
        if (tls_) {
            options_.tls = write_certificate(directory_.path(), make_certificate("first"));
        }
        auto server = start_http_server(options_, handler);
        ASSERT_TRUE(server.has_value()) << server.error().message;
        server_ = std::move(*server);
    }

    Client connect() { return Client(server_->port(), {.tls = tls_}); }

    TempDir directory_;
    bool tls_ = true;
    ServerOptions options_;
    CallHandler echo_{echo};
    HoldingHandler holding_;
    std::unique_ptr<HttpServer> server_;
};

class BothTransportsTest : public HttpServerTest, public testing::WithParamInterface<bool> {
  protected:
    void SetUp() override { tls_ = GetParam(); }
};

}  // namespace gatehouse::edge
