#include "app/statement_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

namespace payweir::app {
namespace {

class StatementFiles : public testing::Test {
 protected:
  StatementFiles() { EXPECT_NE(::mkdtemp(folder_), nullptr); }
  ~StatementFiles() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string path() const { return std::string(folder_) + "/bill.zip"; }
  [[nodiscard]] Result<std::unique_ptr<StatementFile>> create() {
    return StatementFile::create(path(), [this](std::uint64_t bytes) { told_ = bytes; });
  }
  [[nodiscard]] std::string content() const {
    std::ostringstream text;
    text << std::ifstream(path()).rdbuf();
    return text.str();
  }
  [[nodiscard]] std::size_t file_count() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_), {}));
  }
  void write_file(const std::string& file, const char* text) { std::ofstream(file) << text; }

  std::uint64_t told_ = 0;

 private:
  char folder_[40] = "/tmp/payweir-statement-XXXXXX";
};

TEST_F(StatementFiles, HaveTheirNameWhenTheyAreKept) {
  {
    const auto file = create();
    ASSERT_TRUE(file) << file.error().detail;
    ASSERT_TRUE((*file)->take("one ") && (*file)->take("two"));
    EXPECT_EQ(told_, 7u);
    EXPECT_FALSE(std::filesystem::exists(path()));
    ASSERT_TRUE((*file)->keep());
  }
  EXPECT_EQ(content(), "one two");
  EXPECT_EQ(file_count(), 1u);
  struct stat status{};
  ASSERT_EQ(::stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(StatementFiles, LeaveNothingWhenTheyAreNotKept) {
  ASSERT_TRUE((*create())->take("half"));
  EXPECT_EQ(file_count(), 0u);
}

TEST_F(StatementFiles, TakeNobodysPlace) {
  write_file(path(), "another's");
  EXPECT_EQ(create().error().code, Code::duplicate_resource);
  std::filesystem::remove(path());
  const auto file = create();
  ASSERT_TRUE(file && (*file)->take("ours"));
  write_file(path(), "another's");  // meanwhile
  EXPECT_EQ((*file)->keep().error().code, Code::duplicate_resource);
  EXPECT_EQ(content(), "another's");
}

TEST_F(StatementFiles, AreWrittenByOneAtATime) {
  const auto file = create();
  ASSERT_TRUE(file && (*file)->take("ours"));
  EXPECT_EQ(create().error().code, Code::duplicate_resource);
  ASSERT_TRUE((*file)->keep());
  EXPECT_EQ(content(), "ours");
}

TEST_F(StatementFiles, BeginAnewWhatSomebodyLeftBehind) {
  write_file(path() + ".part", "what was left of another");
  const auto file = create();
  ASSERT_TRUE(file && (*file)->take("ours") && (*file)->keep());
  EXPECT_EQ(content(), "ours");
  struct stat status{};
  ASSERT_EQ(::stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST_F(StatementFiles, NeedAFolder) {
  const auto file = StatementFile::create(path() + "/bill.zip", [](std::uint64_t) {});
  ASSERT_FALSE(file);
  EXPECT_TRUE(file.error().detail.contains("No such file or directory")) << file.error().detail;
}

}  // namespace
}  // namespace payweir::app
