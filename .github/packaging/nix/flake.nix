{
  description = "Sign in to Telegram from a terminal, a shell script or CI: a small, strict MTProto client with its own offline data centre";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
  inputs.source = {
    url = "github:tg-auth/tg-auth/v0.2.0";
    flake = false;
  };

  outputs = { nixpkgs, source, ... }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
    in
    {
      packages = nixpkgs.lib.genAttrs systems (system:
        let
          pkgs = nixpkgs.legacyPackages.${system};
        in
        {
          default = pkgs.buildNpmPackage {
            pname = "tg-auth";
            version = "0.2.0";
            src = source;
            npmDeps = pkgs.importNpmLock { npmRoot = source; };
            npmConfigHook = pkgs.importNpmLock.npmConfigHook;
            meta.mainProgram = "tg-auth";
          };
        });
    };
}
