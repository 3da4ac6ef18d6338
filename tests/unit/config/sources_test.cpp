#include "config/sources.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "unit/config/environment.hpp"
#include "unit/config/temporary_folder.hpp"

namespace gatehouse::config {
namespace {

class SourcesTest : public ::testing::Test {
  protected:
    void SetUp() override { environment_.set("GATEHOUSE_TEST_KEY", "s3cret-value"); }

    Result<Resolved> resolve(std::string_view reference) {
        return sources_.resolve(reference, folder_.path());
    }

    TemporaryFolder folder_;
    Environment environment_;
    Sources sources_;
};

TEST_F(SourcesTest, ResolvesAVariable) {
    const auto found = resolve("${env:GATEHOUSE_TEST_KEY}");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->value.reveal(), "s3cret-value");
    EXPECT_EQ(found->label, "env:GATEHOUSE_TEST_KEY");
}

TEST_F(SourcesTest, ResolvesAFileAndTrimsOneLineBreak) {
    folder_.write("one", "key\n");
    folder_.write("two", "key\n\n");
    folder_.write("dos", "key\r\n");
    EXPECT_EQ(resolve("${file:one}")->value.reveal(), "key");
    EXPECT_EQ(resolve("${file:two}")->value.reveal(), "key\n");
    EXPECT_EQ(resolve("${file:dos}")->value.reveal(), "key");
    const std::string absolute = (folder_.path() / "one").string();
    const auto found = resolve("${file:" + absolute + "}");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->label, "file:" + absolute);
}

TEST_F(SourcesTest, RefusesWhatIsNotThere) {
    EXPECT_EQ(resolve("${env:GATEHOUSE_TEST_ABSENT}").error().kind, ErrorKind::kNotFound);
    EXPECT_EQ(resolve("${file:absent}").error().kind, ErrorKind::kNotFound);
}

TEST_F(SourcesTest, RefusesEmptyValues) {
    environment_.set("GATEHOUSE_TEST_KEY", "");
    folder_.write("empty", "");
    folder_.write("blank", "\n");
    EXPECT_FALSE(resolve("${env:GATEHOUSE_TEST_KEY}"));
    EXPECT_FALSE(resolve("${file:empty}"));
    EXPECT_FALSE(resolve("${file:blank}"));
}

TEST_F(SourcesTest, NeverTakesAReferenceForAValue) {
    environment_.set("GATEHOUSE_TEST_KEY", "${env:OTHER}");
    folder_.write("nested", "${file:/etc/other}\n");
    EXPECT_FALSE(resolve("${env:GATEHOUSE_TEST_KEY}"));
    EXPECT_FALSE(resolve("${file:nested}"));
}

TEST_F(SourcesTest, RefusesMalformedReferences) {
    for (const char* text :
         {"${}", "${env:}", "${file:}", "${env:A", "$ {env:A}", "x${env:A}", "${env:A}x",
          "${env:A}${env:B}", "${vault:a}", "${env:A B}", "${env:1A}", "${ENV:A}"}) {
        EXPECT_FALSE(resolve(text)) << text;
    }
}

TEST_F(SourcesTest, RefusesWhatIsNoRegularFileWithoutWaiting) {
    const auto fifo = folder_.path() / "fifo";
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    EXPECT_EQ(resolve("${file:fifo}").error().kind, ErrorKind::kInvalid);
    EXPECT_EQ(resolve("${file:.}").error().kind, ErrorKind::kInvalid);
}

TEST_F(SourcesTest, RefusesLargeFilesAndNulBytes) {
    folder_.write("large", std::string(70'000, 'x'));
    folder_.write("nul", std::string("a\0b", 3));
    EXPECT_FALSE(resolve("${file:large}"));
    EXPECT_FALSE(resolve("${file:nul}"));
}

TEST_F(SourcesTest, SeesWhetherOthersMayRead) {
    const auto file = folder_.write("key", "k3y");
    EXPECT_FALSE(resolve("${file:key}")->is_readable_by_others);
    ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
    EXPECT_TRUE(resolve("${file:key}")->is_readable_by_others);
}

TEST_F(SourcesTest, FingerprintMovesWithFilesAndValues) {
    const auto file = folder_.write("a.yaml", "a: 1\n");
    const auto read = [&] {
        Sources sources;
        EXPECT_TRUE(sources.read_file(file, "a.yaml", 1000));
        EXPECT_TRUE(sources.resolve("${env:GATEHOUSE_TEST_KEY}", folder_.path()));
        return sources.fingerprint();
    };
    const std::string before = read();
    EXPECT_EQ(before.size(), 64U);
    EXPECT_EQ(read(), before);
    environment_.set("GATEHOUSE_TEST_KEY", "other");
    const std::string after_value = read();
    EXPECT_NE(after_value, before);
    folder_.write("a.yaml", "a: 2\n");
    EXPECT_NE(read(), after_value);
}

}  // namespace
}  // namespace gatehouse::config
