#include "app/file_keys.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "ports/testkit.hpp"

namespace payweir::app {
namespace {

struct Folder {
  Folder() { EXPECT_NE(::mkdtemp(path), nullptr); }
  ~Folder() {
    std::remove((std::string(path) + "/k").c_str());
    ::rmdir(path);
  }
  char path[32] = "/tmp/payweir-keys-XXXXXX";
  [[nodiscard]] std::string file() const { return std::string(path) + "/k"; }
};

Secret master(char fill) {
  return Secret(std::string(32, fill));
}

TEST(FileKeys, MakesAFileOnceThatOnlyItsOwnerReads) {
  const Folder folder;
  testkit::SeededRandom random(1);
  const Result<bool> made = FileKeys::ensure_file(folder.file(), random);
  ASSERT_TRUE(made && *made);
  struct stat status{};
  ASSERT_EQ(::stat(folder.file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  const Result<Secret> first = FileKeys::read_file(folder.file());
  ASSERT_TRUE(first);
  EXPECT_EQ(first->size(), 32u);
  const Result<bool> again = FileKeys::ensure_file(folder.file(), random);
  ASSERT_TRUE(again);
  EXPECT_FALSE(*again);
  EXPECT_EQ(FileKeys::read_file(folder.file())->reveal(), first->reveal());
}

TEST(FileKeys, RefusesAFileThatOthersReadOrThatIsNoKey) {
  const Folder folder;
  std::ofstream(folder.file()) << std::string(64, 'a') << '\n';
  ::chmod(folder.file().c_str(), 0644);
  EXPECT_FALSE(FileKeys::read_file(folder.file()));
  ::chmod(folder.file().c_str(), 0600);
  EXPECT_TRUE(FileKeys::read_file(folder.file()));
  std::ofstream(folder.file()) << "not a key\n";
  const Result<Secret> bad = FileKeys::read_file(folder.file());
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().detail.find("not a key"), std::string::npos);
  EXPECT_FALSE(FileKeys::read_file(folder.file() + "-none"));
}

TEST(FileKeys, OpensOnlyUnderTheContextAndKeyThatSealed) {
  testkit::SeededRandom random(1);
  FileKeys keys(master('a'), random);
  const std::string sealed = keys.seal("connector_account|7|credentials", "sk_live_1");
  EXPECT_EQ(sealed.find("sk_live_1"), std::string::npos);
  const Result<Secret> opened = keys.open("connector_account|7|credentials", sealed);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->reveal(), "sk_live_1");
  EXPECT_FALSE(keys.open("connector_account|8|credentials", sealed));
  FileKeys others(master('b'), random);
  EXPECT_FALSE(others.open("connector_account|7|credentials", sealed));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string tampered = sealed;
    tampered[i] = static_cast<char>(tampered[i] ^ 1);
    EXPECT_FALSE(keys.open("connector_account|7|credentials", tampered)) << i;
  }
  EXPECT_NE(sealed, keys.seal("connector_account|7|credentials", "sk_live_1"));  // a nonce of its own
}

TEST(FileKeys, ThePepperPartsPurposesAndTexts) {
  testkit::SeededRandom random(1);
  FileKeys keys(master('a'), random);
  EXPECT_EQ(keys.pepper_hash("a", "bc"), keys.pepper_hash("a", "bc"));
  EXPECT_NE(keys.pepper_hash("a", "bc"), keys.pepper_hash("ab", "c"));
  EXPECT_EQ(keys.pepper_hash("a", "bc").size(), 32u);
}

}  // namespace
}  // namespace payweir::app
