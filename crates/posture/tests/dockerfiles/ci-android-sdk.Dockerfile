FROM eclipse-temurin:17-jdk-jammy
ENV ANDROID_HOME=/opt/android PATH=$PATH:/opt/android/cmdline-tools/latest/bin
RUN apt-get update && apt-get install -y wget unzip && rm -rf /var/lib/apt/lists/*
RUN wget -q https://dl.google.com/android/repository/commandlinetools-linux-9477386_latest.zip -O /tmp/t.zip && unzip -q /tmp/t.zip -d $ANDROID_HOME
RUN yes | sdkmanager --licenses > /dev/null
RUN sdkmanager "platforms;android-34" "build-tools;34.0.0"
CMD ["/bin/bash"]
