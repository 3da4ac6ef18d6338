// A host's files in a folder of their own, and what load() says of them.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "config/load.hpp"
#include "unit/config/environment.hpp"
#include "unit/config/temporary_folder.hpp"

namespace gatehouse::config {

inline constexpr const char* kHost =
    "listen: {port: 0, tls: {certificate: cert.pem, key: key.pem}}\n"
    "admin: {port: 0, token: '${file:admin.token}'}\n"
    "store: {sqlite: {path: data/gatehouse.db}}\n";

inline std::string business(const std::string& name, const std::string& more = "") {
    return "business: " + name +
           "\n"
           "storeganise:\n"
           "  api: https://acme.storeganise.com/api/\n"
           "  api_key: ${env:GATEHOUSE_TEST_KEY}\n"
           "  webhook_secrets: ['${env:GATEHOUSE_TEST_SECRET}', '${file:../hook}']\n" +
           more;
}

class LoadTest : public ::testing::Test {
  protected:
    void SetUp() override {
        environment_.set("GATEHOUSE_TEST_KEY", "HUSH-key");
        environment_.set("GATEHOUSE_TEST_SECRET", "HUSH-secret");
        folder_.write("cert.pem", "c");
        folder_.write("key.pem", "k");
        folder_.write("admin.token", "HUSH-0123456789abcdef\n");
        folder_.write("hook", "HUSH-hook\n");
        folder_.write("gatehouse.yaml", kHost);
        std::filesystem::create_directory(folder_.path() / "businesses.d");
    }

    void write_business(const std::string& file, const std::string& text) {
        folder_.write("businesses.d/" + file, text);
    }

    Loaded load_all() const { return load(folder_.path() / "gatehouse.yaml"); }

    // Every problem on a line of its own, without the folder's name.
    std::string problems() const {
        std::string text;
        for (const Problem& problem : load_all().problems)
            text += to_string(problem) + '\n';
        const std::string folder = folder_.path().string() + '/';
        for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder)) {
            text.erase(at, folder.size());
        }
        EXPECT_EQ(text.find("HUSH"), std::string::npos) << text;
        return text;
    }

    TemporaryFolder folder_;
    Environment environment_;
};

}  // namespace gatehouse::config
