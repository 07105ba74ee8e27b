FROM ros:humble-ros-base-jammy
SHELL ["/bin/bash", "-c"]
RUN apt-get update && apt-get install -y ros-humble-navigation2 && rm -rf /var/lib/apt/lists/*
WORKDIR /ws
COPY src src
RUN source /opt/ros/humble/setup.bash && colcon build | tee build.log
COPY entrypoint.sh /
ENTRYPOINT ["/entrypoint.sh"]
CMD ["ros2", "launch", "bringup", "main.launch.py"]
