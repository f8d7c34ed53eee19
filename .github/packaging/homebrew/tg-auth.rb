class TgAuth < Formula
  desc "Sign in to Telegram from a terminal, a shell script or CI"
  homepage "https://github.com/tg-auth/tg-auth"
  url "https://github.com/tg-auth/tg-auth/releases/download/v0.2.0/tg-auth-0.2.0.tgz"
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  license "MIT"

  depends_on "node"

  def install
    system "npm", "install", *std_npm_args
    bin.install_symlink libexec.glob("bin/*")
    man1.install_symlink libexec.glob("share/man/man1/*")
  end

  test do
    assert_equal "true", shell_output("#{bin}/tg-auth send-call +79991234567 --hash 2dc02d2cda9e615c84 --sandbox --quiet").strip
  end
end
